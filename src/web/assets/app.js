"use strict";
// Every page works without this. It leads to what is wrong with a form, keeps a double click from sending one twice, and
// shows how work goes on without loading the page anew.
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
  // Work under way: its regions are replaced until it is done; then the whole page is loaded.
  function look(every) {
    fetch(location.href).then(function (answer) {
      if (answer.status === 429 || answer.status >= 500) {
        throw new Error("later");
      }
      return answer.text();
    }).then(function (text) {
      var next = new DOMParser().parseFromString(text, "text/html");
      if (!next.querySelector("[data-every]")) {
        location.reload();
        return;
      }
      var regions = document.querySelectorAll("[data-fragment]");
      for (var i = 0; i < regions.length; i += 1) {
        var fresh = next.querySelector("[data-fragment=" + regions[i].getAttribute("data-fragment") + "]");
        if (fresh && fresh.innerHTML !== regions[i].innerHTML) {
          regions[i].innerHTML = fresh.innerHTML;
        }
      }
      window.setTimeout(look, every, every);
    }).catch(function () {
      window.setTimeout(look, 5 * every, every);
    });
  }
  var work = document.querySelector("[data-every]");
  if (work) {
    var every = 1000 * work.getAttribute("data-every");
    window.setTimeout(look, every, every);
  }
  // A page taken from the browser's memory can be sent again.
  window.addEventListener("pageshow", function () {
    var forms = document.querySelectorAll("form[data-sent]");
    for (var i = 0; i < forms.length; i += 1) {
      forms[i].removeAttribute("data-sent");
    }
  });
})();
