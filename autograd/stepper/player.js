"use strict";
// Classes of an element: kN known from step N on, uN until step N, aN used in step N. Captions stand in the list.
(function () {
  var root = document.documentElement;
  var id = function (name) { return document.getElementById(name); };
  var items = Array.from(document.querySelectorAll("#all li"));
  var last = items.length - 1, step = 0, timer = 0;
  var parts = Array.from(document.querySelectorAll("svg g[class]"), function (element) {
    var part = { element: element, since: 0, until: Infinity, used: [], mark: !element.matches(".pending") };
    element.getAttribute("class").split(" ").forEach(function (name) {
      var n = +name.slice(1);
      if (/^k\d+$/.test(name)) part.since = n;
      if (/^u\d+$/.test(name)) part.until = n;
      if (/^a\d+$/.test(name)) part.used.push(n);
    });
    return part;
  });

  function show(n) {
    step = Math.max(0, Math.min(last, n));
    parts.forEach(function (part) {
      var off = step < part.since || step >= part.until;
      var hot = !off && ((part.mark && step > 0 && step === part.since) || part.used.includes(step));
      part.element.classList.toggle("off", off);
      part.element.classList.toggle("passed", step >= part.until);
      part.element.classList.toggle("hot", hot);
    });
    var item = items[step], title = item.querySelector("b").textContent.slice(0, -1), line = item.querySelector("code");
    var where = "Step " + step + " of " + last + " · " + title;
    id("slider").value = step;
    id("slider").setAttribute("aria-valuetext", where);
    id("caption").className = item.className;
    id("caption").querySelector("b").textContent = where;
    id("caption").querySelector("span").textContent = item.querySelector("span").textContent;
    id("caption").querySelector("code").textContent = line ? line.textContent : "";
    id("first").disabled = id("back").disabled = step === 0;
    id("next").disabled = id("last").disabled = step === last;
    reveal();
  }

  // Where the figure goes on beyond an edge, the edge fades: not every browser shows a scroll bar.
  var figure = document.querySelector("figure"), FADE = 32;
  function edges() {
    figure.classList.toggle("before", figure.scrollLeft > 1);
    figure.classList.toggle("after", figure.scrollWidth - figure.clientWidth - figure.scrollLeft > 1);
  }

  // On a narrow screen: scroll the figure, never the page, to the words that are new; or to the first of them.
  function reveal() {
    var seen = figure.getBoundingClientRect();
    var hot = Array.from(document.querySelectorAll("svg .hot text"), function (e) { return e.getBoundingClientRect(); });
    if (step === 0) figure.scrollTo(0, 0);
    if (!hot.length) return;
    [["left", "right", "scrollLeft", FADE], ["top", "bottom", "scrollTop", 0]].forEach(function (side) {
      var from = seen[side[0]] + side[3], to = seen[side[1]] - side[3];
      var low = Math.min.apply(null, hot.map(function (box) { return box[side[0]]; }));
      var high = Math.max.apply(null, hot.map(function (box) { return box[side[1]]; }));
      if (high - low > to - from) { low = hot[0][side[0]]; high = hot[0][side[1]]; }
      if (low < from || high > to) figure[side[2]] += (low + high - from - to) / 2;
    });
  }

  function playing(on) {
    clearInterval(timer);
    timer = on ? setInterval(function () { show(step + 1); if (step === last) playing(false); }, 1600) : 0;
    id("play").textContent = on ? "Pause" : "Play";
    id("play").setAttribute("aria-pressed", String(on));
  }
  function play() {
    if (!timer && step === last) show(0);
    playing(!timer);
  }
  function go(n) { playing(false); show(n); }

  id("first").onclick = function () { go(0); };
  id("back").onclick = function () { go(step - 1); };
  id("next").onclick = function () { go(step + 1); };
  id("last").onclick = function () { go(last); };
  id("play").onclick = play;
  id("slider").oninput = function () { go(+this.value); };
  document.addEventListener("keydown", function (event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    var key = event.key;
    if (key === "ArrowRight" || key === "PageDown") go(step + 1);
    else if (key === "ArrowLeft" || key === "PageUp") go(step - 1);
    else if (key === "Home") go(0);
    else if (key === "End") go(last);
    else if (key === " " && !event.target.closest("button, summary")) play();
    else return;
    event.preventDefault();
  });
  figure.addEventListener("scroll", edges);
  window.addEventListener("resize", edges);
  window.addEventListener("beforeprint", function () { id("all").open = true; });

  root.classList.add("js");
  id("all").open = false;
  show(0);
  edges();
})();
