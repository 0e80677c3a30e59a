/* Shows Stripe's element and confirms with it. Stripe leads back to the page that looks what became of the payment. */

const form = document.getElementById("stripe-form");
const problem = document.getElementById("stripe-problem");
const button = document.getElementById("pay");
const say = (text) => { problem.textContent = text; button.disabled = false; };
const { publishableKey, clientSecret, returnUrl, failed } = form.dataset;

let elements = null;
const stripe = window.Stripe ? window.Stripe(publishableKey, { locale: document.documentElement.lang }) : null;
if (stripe) {
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  elements = stripe.elements({ clientSecret, appearance: { theme: isDark ? "night" : "stripe" } });
  const payment = elements.create("payment");
  payment.on("loaderror", () => say(failed));
  payment.mount("#stripe-element");
} else {
  say(failed);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!elements) { say(failed); return; }
  problem.textContent = "";
  button.disabled = true;
  // It comes back only where something is wrong; otherwise the browser has left for the next page.
  const { error } = await stripe.confirmPayment({ elements, confirmParams: { return_url: returnUrl } });
  if (error) say(error.message);
}, true);
