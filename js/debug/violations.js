// What the page's Content-Security-Policy has refused since the overlay is there.

/** Gives what was blocked last, by directive: `{ "connect-src": "https://shop.example/api/lead" }`. */
export function violations(signal) {
  const found = {};
  const hear = ({ effectiveDirective, blockedURI, disposition }) => {
    if (disposition !== "report") found[effectiveDirective] = blockedURI;
  };
  document.addEventListener("securitypolicyviolation", hear, { signal });
  return found;
}
