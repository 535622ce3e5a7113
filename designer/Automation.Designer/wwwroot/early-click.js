// A card that is clicked while the board's own script is still on its way: the script asks for it.
document.addEventListener("click", event => {
  const card = event.target.closest?.("[data-card]");
  if (card && card.closest(".board")?.dataset.listening === undefined) window.automationEarlyCard = card.dataset.card;
}, true);
