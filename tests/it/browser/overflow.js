// What makes a page wider than its window.
var wide = document.documentElement.scrollWidth, room = document.documentElement.clientWidth;
if (wide <= room) {
  return [];
}
var found = [];
Array.prototype.forEach.call(document.body.querySelectorAll("*"), function (element) {
  var box = element.getBoundingClientRect();
  var scrolled = element.parentElement.closest(".scroll");
  if (box.right > room + 1 && !scrolled && found.length < 3) {
    found.push(element.outerHTML.replace(/\s+/g, " ").slice(0, 100) + " to " + Math.round(box.right));
  }
});
return ["wider than the window: " + wide + " of " + room + " — " + found.join(" | ")];
