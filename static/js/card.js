/* The card prints without this too; here is a button for it. */
const button = document.querySelector("[data-print]");
button.hidden = false;
button.addEventListener("click", () => print());
