// Notes where the tabulator leads, and whether one sees it. Gives how many places there are, how many stops lie within
// them, and how many frames there are.
window.rongcuoFocus = [];
document.addEventListener("focusin", function (event) {
  var style = getComputedStyle(event.target);
  var box = event.target.getBoundingClientRect();
  window.rongcuoFocus.push({
    element: event.target,
    visible: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1,
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
  });
});
window.rongcuoPlaces = Array.prototype.filter.call(
  document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, iframe"),
  function (element) {
    // Of a group of radio buttons the tabulator stops at one.
    var others = element.type === "radio" && element.name
      ? document.querySelectorAll("input[type=radio][name='" + element.name + "']") : [];
    var is_first = !others.length || (element.checked || (others[0] === element && !Array.prototype.some.call(others, function (one) { return one.checked; })));
    return is_first && element.tagName !== "IFRAME" && !element.disabled && element.tabIndex >= 0
      && element.checkVisibility({ visibilityProperty: true });
  }
);
document.activeElement.blur();
// Inside a date the tabulator stops at year, month, day and the calendar; it also stops at what can be scrolled.
var dates = document.querySelectorAll("input[type=date]").length;
var frames = document.querySelectorAll("iframe").length;
var others = document.querySelectorAll(".scroll, textarea").length;
return [window.rongcuoPlaces.length, dates * 3 + others, frames];
