// What is wrong with a page for those who do not see it, see it badly or use no mouse. Gives a list of texts.
var faults = [];
function say(what, element) {
  var where = element ? element.outerHTML.replace(/\s+/g, " ").slice(0, 120) : "";
  var text = what + (where ? ": " + where : "");
  if (faults.indexOf(text) < 0) {
    faults.push(text);
  }
}
function all(css) {
  return Array.prototype.slice.call(document.querySelectorAll(css));
}
function shown(element) {
  return element.checkVisibility({ visibilityProperty: true });
}
function byIds(ids) {
  return ids.split(/\s+/).map(function (id) {
    var one = document.getElementById(id);
    return one ? one.textContent : "";
  }).join(" ").trim();
}
function named(element) {
  var own = element.getAttribute("aria-label");
  if (own && own.trim()) {
    return own.trim();
  }
  if (element.getAttribute("aria-labelledby")) {
    return byIds(element.getAttribute("aria-labelledby"));
  }
  if (element.labels && element.labels.length) {
    return element.labels[0].textContent.trim();
  }
  if (element.tagName === "IMG") {
    return (element.getAttribute("alt") || "").trim();
  }
  var text = element.textContent.trim();
  var images = element.querySelectorAll("img[alt], svg[aria-label]");
  for (var i = 0; i < images.length; i += 1) {
    text += images[i].getAttribute("alt") || images[i].getAttribute("aria-label") || "";
  }
  return text || (element.getAttribute("title") || "").trim();
}

if (document.documentElement.lang !== "zh-CN") {
  say("the page does not say its language");
}
if (!document.title.trim()) {
  say("no title");
}
[["h1", 1], ["main", 1]].forEach(function (pair) {
  if (all(pair[0]).length !== pair[1]) {
    say(all(pair[0]).length + " × " + pair[0]);
  }
});
var level = 0;
all("main h1, main h2, main h3, main h4, main h5, main h6").forEach(function (heading) {
  var own = Number(heading.tagName.slice(1));
  if (own > level + 1) {
    say("a heading skips from h" + level, heading);
  }
  level = own;
});
var ids = {};
all("[id]").forEach(function (element) {
  if (ids[element.id]) {
    say("id twice", element);
  }
  ids[element.id] = true;
});
all("input:not([type=hidden]):not([hidden]), select, textarea, progress:not([aria-hidden]), meter").forEach(function (field) {
  if (!named(field)) {
    say("a field without a label", field);
  }
});
all("label[for]").forEach(function (label) {
  if (!document.getElementById(label.htmlFor)) {
    say("a label of no field", label);
  }
});
all("a[href], button, summary, [role=button], [role=link]").forEach(function (element) {
  if (!named(element)) {
    say("nothing to call it by", element);
  }
});
all("a[href^='#'], a[href*='#']").forEach(function (link) {
  var here = link.pathname === location.pathname && link.search === location.search && link.hash.length > 1;
  if (here && !document.getElementById(decodeURIComponent(link.hash.slice(1)))) {
    say("a link to no place of the page", link);
  }
});
all("img:not([alt])").forEach(function (image) {
  say("a picture without text", image);
});
all("svg").forEach(function (drawing) {
  var hidden = drawing.closest("[aria-hidden=true]");
  var title = drawing.querySelector("title");
  var name = drawing.getAttribute("aria-label") || drawing.getAttribute("aria-labelledby") || (title && title.textContent.trim());
  if (!hidden && !(name && drawing.getAttribute("role") === "img")) {
    say("a drawing without role and name", drawing);
  }
});
all("iframe").forEach(function (frame) {
  if (!frame.title) {
    say("a frame without title", frame);
  }
});
all("table").forEach(function (table) {
  if (!table.querySelector("th")) {
    say("a table without heads", table);
  }
});
all("th:not([scope])").forEach(function (head) {
  say("a head without scope", head);
});
all("nav, form[role=search], section[aria-label]").forEach(function (landmark) {
  if (landmark.tagName === "NAV" && !landmark.getAttribute("aria-label") && all("nav").length > 1) {
    say("one of several navs without a name", landmark);
  }
});
all("[tabindex]").forEach(function (element) {
  if (element.tabIndex > 0) {
    say("a place in the order of its own", element);
  }
});
["aria-describedby", "aria-labelledby", "aria-controls", "aria-owns"].forEach(function (attribute) {
  all("[" + attribute + "]").forEach(function (element) {
    element.getAttribute(attribute).split(/\s+/).forEach(function (id) {
      if (!document.getElementById(id)) {
        say(attribute + " names nothing", element);
      }
    });
  });
});
all("[aria-invalid=true]").forEach(function (field) {
  if (!document.querySelector(".problems")) {
    say("a wrong field without a summary", field);
  }
});
all("ul > :not(li), ol > :not(li)").forEach(function (element) {
  if (["SCRIPT", "TEMPLATE"].indexOf(element.tagName) < 0) {
    say("no entry in a list", element);
  }
});
all("dl > :not(div):not(dt):not(dd)").forEach(function (element) {
  say("no entry in a list of terms", element);
});
all("[aria-hidden=true]").forEach(function (element) {
  if (element.matches("a, button, input, select, textarea, [tabindex]") || element.querySelector("a[href], button, input, select, textarea")) {
    say("hidden, and yet one comes to it", element);
  }
});
if (!document.querySelector("a.skip[href='#content']")) {
  say("no way past the navigation");
}

// Contrast of text with what lies behind it.
function colour(text) {
  var parts = (text.match(/[\d.]+/g) || []).map(Number);
  return { r: parts[0], g: parts[1], b: parts[2], a: parts.length > 3 ? parts[3] : 1 };
}
function over(top, under) {
  return {
    r: top.r * top.a + under.r * (1 - top.a),
    g: top.g * top.a + under.g * (1 - top.a),
    b: top.b * top.a + under.b * (1 - top.a),
    a: 1
  };
}
function behind(element) {
  var layers = [];
  for (var one = element; one; one = one.parentElement) {
    var back = colour(getComputedStyle(one).backgroundColor);
    if (back.a > 0) {
      layers.push(back);
    }
    if (back.a === 1) {
      break;
    }
  }
  var result = { r: 255, g: 255, b: 255, a: 1 };
  for (var i = layers.length - 1; i >= 0; i -= 1) {
    result = over(layers[i], result);
  }
  return result;
}
function light(c) {
  var parts = [c.r, c.g, c.b].map(function (value) {
    var part = value / 255;
    return part <= 0.03928 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
  });
  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
}
var seen = {};
var walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, null);
while (walker.nextNode()) {
  var element = walker.currentNode.parentElement;
  if (!walker.currentNode.nodeValue.trim() || !shown(element) || element.closest("option, script, [disabled], title")) {
    continue;
  }
  var style = getComputedStyle(element);
  var back = behind(element);
  var text = over(colour(element.namespaceURI.indexOf("svg") > 0 ? style.fill : style.color), back);
  var lights = [light(text), light(back)].sort(function (a, b) { return b - a; });
  var ratio = (lights[0] + 0.05) / (lights[1] + 0.05);
  var size = parseFloat(style.fontSize);
  var large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  var key = [style.color, back.r, back.g, back.b, large].join();
  if (ratio < (large ? 3 : 4.5) && !seen[key]) {
    seen[key] = true;
    say("contrast " + ratio.toFixed(2), element);
  }
}
return faults;
