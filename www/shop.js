// The shop's own script, as a merchant might have written it. It works the same without leadkeep: the only two lines
// that know of it are marked.

const CART_KEY = "shop-cart";
const MAX_QUANTITY = 99;
const COUPON = "SMALLPRINT";
const COUPON_PERCENT = 10;

const form = document.querySelector("#checkout");
const lines = [...document.querySelectorAll("#lines .line")];
const sameAddress = document.querySelector("#same-address");
const delivery = document.querySelector("#delivery");
const coupon = document.querySelector("#coupon");
const problem = document.querySelector("#problem");
const thanks = document.querySelector("#thanks");

const euro = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });

/** Money is counted in integer cents; a float appears only here, to be shown. */
const show = (cents) => euro.format(cents / 100);

/** Cents as a decimal number in JSON: 1990 is `19.90`. Never calculated as a float. */
const decimal = (cents) => `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;

const quantityOf = (line) => Number(line.dataset.quantity);
const sumOf = (line) => quantityOf(line) * Number(line.dataset.cents);

/** The cart as the text of 2Checkout's `Items`; lines with a quantity of 0 are not in it. */
function itemsJson() {
  const items = lines
    .filter((line) => quantityOf(line) > 0)
    .map((line) => {
      const text = (value) => JSON.stringify(value);
      const name = line.querySelector("h3").textContent.trim();
      return (
        `{"Code":${text(line.dataset.code)},"Quantity":${quantityOf(line)},"Name":${text(name)},` +
        `"IsDynamic":false,"Tangible":${line.dataset.tangible === "true"},"PurchaseType":"PRODUCT",` +
        `"Price":{"Amount":${decimal(Number(line.dataset.cents))},"Type":"CUSTOM"}}`
      );
    });
  return `[${items.join(",")}]`;
}

/** Writes what the cart holds into the page. */
function render() {
  for (const line of lines) {
    const quantity = quantityOf(line);
    line.classList.toggle("none", quantity === 0);
    line.querySelector("output").value = quantity;
    line.querySelector("[data-sum]").textContent = quantity === 0 ? "Not in the basket" : show(sumOf(line));
    // aria-disabled instead of disabled: a button that has just been used must not lose the focus.
    line.querySelector('[data-step="-1"]').setAttribute("aria-disabled", String(quantity === 0));
    line.querySelector('[data-step="1"]').setAttribute("aria-disabled", String(quantity === MAX_QUANTITY));
  }
  const subtotal = lines.reduce((sum, line) => sum + sumOf(line), 0);
  const applies = coupon.value.trim().toUpperCase() === COUPON;
  const discount = applies ? Math.round((subtotal * COUPON_PERCENT) / 100) : 0;
  document.querySelector("#discount-row").hidden = discount === 0;
  document.querySelector("#discount").textContent = `\u2212${show(discount)}`;
  for (const place of document.querySelectorAll("[data-total]")) place.textContent = show(subtotal - discount);
  document.querySelector("#cart-items").textContent = itemsJson();
  if (subtotal > 0) problem.hidden = true;
}

/** The storage may be blocked (sandboxed frames, privacy modes): then a reload begins with the usual cart. */
function load() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(CART_KEY)) ?? {};
    for (const line of lines) {
      const quantity = kept[line.dataset.code];
      if (Number.isInteger(quantity) && quantity >= 0 && quantity <= MAX_QUANTITY) line.dataset.quantity = quantity;
    }
  } catch {
    // The cart of the page's own markup stays.
  }
}

function keep() {
  try {
    const cart = Object.fromEntries(lines.map((line) => [line.dataset.code, quantityOf(line)]));
    sessionStorage.setItem(CART_KEY, JSON.stringify(cart));
  } catch {
    // See load().
  }
}

function forget() {
  try {
    sessionStorage.removeItem(CART_KEY);
  } catch {
    // See load().
  }
}

function changeQuantity(event) {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const line = button.closest(".line");
  const wanted = quantityOf(line) + Number(button.dataset.step);
  if (wanted < 0 || wanted > MAX_QUANTITY) return;
  line.dataset.quantity = wanted;
  keep();
  render();
  window.leadkeep?.setItems(JSON.parse(itemsJson())); // leadkeep: the cart changed
}

/** A browser restores the checkbox on reload without an event, so this also runs when the page is shown. */
function showDelivery() {
  delivery.hidden = sameAddress.checked;
  delivery.disabled = sameAddress.checked;
}

function placeOrder(event) {
  event.preventDefault();
  if (lines.every((line) => quantityOf(line) === 0)) {
    problem.textContent = "Your basket is empty. Add something to it first.";
    problem.hidden = false;
    return;
  }
  const order = `ORDER-${Date.now().toString(36).toUpperCase()}`;
  // The developer's window may play a shop whose server, or whose payment provider, reports the order instead.
  const reported = new CustomEvent("shop:order", { cancelable: true, detail: { order, email: form.email.value } });
  if (document.dispatchEvent(reported)) window.leadkeep?.complete(order); // leadkeep: the shopper has bought
  forget();
  form.hidden = true;
  thanks.hidden = false;
  document.querySelector("#title").hidden = true;
  document.querySelector("#thanks-text").textContent = `Thank you \u2014 demo order ${order}, no payment was taken.`;
  document.querySelector("#thanks-title").focus();
  window.scrollTo(0, 0);
}

document.querySelector("#lines").addEventListener("click", changeQuantity);
coupon.addEventListener("input", render);
sameAddress.addEventListener("change", showDelivery);
form.addEventListener("submit", placeOrder);
window.addEventListener("pageshow", () => {
  showDelivery();
  render();
});
document.querySelector("#new-order").addEventListener("click", () => {
  form.reset(); // Firefox would fill the old values in again.
  location.reload();
});

load();
showDelivery();
render();
