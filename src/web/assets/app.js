"use strict";
// Every page works without this. It leads to what is wrong with a form, and keeps a double click from sending one twice.
(function () {
  var problems = document.querySelector(".problems");
  if (problems) {
    problems.focus();
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.getAttribute("data-sent")) {
      event.preventDefault();
    } else {
      form.setAttribute("data-sent", "1");
    }
  });
  // A page taken from the browser's memory can be sent again.
  window.addEventListener("pageshow", function () {
    var forms = document.querySelectorAll("form[data-sent]");
    for (var i = 0; i < forms.length; i += 1) {
      forms[i].removeAttribute("data-sent");
    }
  });
})();
