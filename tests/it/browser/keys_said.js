// Compares where the tabulator led with the places in the order of the page.
var faults = [], places = window.rongcuoPlaces, steps = window.rongcuoFocus;
function told(element) {
  return element.outerHTML.replace(/\s+/g, " ").slice(0, 100);
}
var at = 0, seen = [];
steps.forEach(function (step) {
  var place = places.indexOf(step.element);
  if (place < 0 || seen.length === places.length) {
    return;
  }
  if (seen.indexOf(place) < 0) {
    seen.push(place);
  }
  if (place < at) {
    faults.push("out of order: " + told(step.element));
  }
  at = place;
  if (!step.visible) {
    faults.push("one does not see where one is: " + told(step.element));
  }
  if (!step.inside && step.element.className !== "skip") {
    faults.push("outside of the window: " + told(step.element));
  }
});
var reached = steps.map(function (step) { return step.element; });
places.slice(0, MOST).forEach(function (place) {
  if (reached.indexOf(place) < 0) {
    faults.push("not reached: " + told(place));
  }
});
return faults.slice(0, 5);
