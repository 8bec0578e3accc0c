// `leadkeep/auto` alone brings the types of what it puts on the window.

import "leadkeep/auto";

document.addEventListener("leadkeep:status", ({ detail }) => console.log(detail.state));
window.leadkeep?.complete("ORDER-1");
