
"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  // The names of characters in a text stand out.
  const asNodes = (text) => nbvcAlike.splitNames(text).map((part, n) => {
    if (n % 2 === 0) return part;
    const node = document.createElement("i");
    node.className = "u";
    node.textContent = part;
    return node;
  });
  const show = (element, text) => element.replaceChildren(...asNodes(text));
  const make = (tag, name, text) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (text !== undefined) element.append(...asNodes(text));
    return element;
  };
  // Syntax, word by word, in one pass over a text. The classes are those of the other pages.
  const KEYWORDS = {
    python: "False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield",
    r: "FALSE|Inf|NA|NULL|NaN|TRUE|break|else|for|function|if|in|next|repeat|while",
    julia: "abstract|baremodule|begin|break|const|continue|do|else|elseif|end|export|false|finally|for|function|global|if|import|let|local|macro|module|mutable|quote|return|struct|true|try|using|while",
  };
  const STRINGS = String.raw`"""[^"]*(?:"(?!"")[^"]*)*(?:""")?|'''[^']*(?:'(?!'')[^']*)*(?:''')?|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?`;
  const NUMBERS = String.raw`\b\d[\d_.]*(?:[eE][-+]?\d+)?\b`;
  const lexers = new Map();
  const lexerOf = (language) => {
    if (!Object.hasOwn(KEYWORDS, language)) return null;
    if (!lexers.has(language)) {
      lexers.set(language, new RegExp(`(?<c>#.*)|(?<s>${STRINGS})|(?<k>\\b(?:${KEYWORDS[language]})\\b)|(?<m>${NUMBERS})|[^\\W\\d]\\w*`, "g"));
    }
    return lexers.get(language);
  };
  const colored = (text, language) => {
    const lexer = text.length < 40000 ? lexerOf(language) : null;
    if (!lexer) return asNodes(text);
    const found = [];
    let done = 0;
    for (const token of text.matchAll(lexer)) {
      const kind = Object.keys(token.groups).find((name) => token.groups[name] !== undefined);
      if (!kind) continue;
      const node = document.createElement("i");
      node.className = kind;
      node.append(...asNodes(token[0]));
      found.push(...asNodes(text.slice(done, token.index)), node);
      done = token.index + token[0].length;
    }
    return [...found, ...asNodes(text.slice(done))];
  };
  const FRAME = '<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; style-src \'unsafe-inline\'">'
    + "<style>body{font:14px/1.4 system-ui,sans-serif;margin:8px;color:#1f2328;background:#fff}table{border-collapse:collapse}td,th{padding:2px 8px;text-align:right}pre{white-space:pre-wrap}img{max-width:100%}</style>";
  const images = JSON.parse(at("images").textContent);

  const unpacked = async () => {
    const packed = atob(at("story").textContent);
    const bytes = new Uint8Array(packed.length);
    for (let i = 0; i < packed.length; i += 1) bytes[i] = packed.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  };

  // Versions come as what each has from the one before: [start, count], and new pairs [-1, thread, cell].
  const spread = (versions) => {
    let before = [];
    for (const version of versions) {
      const cells = [];
      for (const part of version.cells) {
        if (part[0] < 0) cells.push([part[1], part[2]]);
        else for (let i = 0; i < part[1]; i += 1) cells.push(before[part[0] + i]);
      }
      version.cells = before = cells;
    }
  };

  // Changed lines that stand together are told apart.
  const apart = (rows) => {
    for (let from = 0; from < rows.length; ) {
      let to = from;
      while (to < rows.length && rows[to][0] !== " ") to += 1;
      const of = (sign) => rows.slice(from, to).filter((row) => row[0] === sign);
      const [gone, come] = [of("-"), of("+")];
      if (gone.length && come.length) {
        const shown = nbvcAlike.tellApart(gone.map((row) => row[1]), come.map((row) => row[1]));
        gone.forEach((row, n) => { row[1] = shown[0][n]; });
        come.forEach((row, n) => { row[1] = shown[1][n]; });
      }
      from = to + 1;
    }
    return rows;
  };

  // Lines: the common ones by the shortest edit script (E. Myers, 1986); beyond a limit all are new.
  const lineDiff = (a, b) => {
    let head = 0;
    while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
    let tail = 0;
    while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
    const x = a.slice(head, a.length - tail), y = b.slice(head, b.length - tail);
    const rows = [];
    for (let i = 0; i < head; i += 1) rows.push([" ", a[i]]);
    if (x.length * y.length > 4e6) {
      for (const line of x) rows.push(["-", line]);
      for (const line of y) rows.push(["+", line]);
    } else {
      const width = y.length + 1, table = new Uint32Array((x.length + 1) * width);
      for (let i = x.length - 1; i >= 0; i -= 1) {
        for (let j = y.length - 1; j >= 0; j -= 1) {
          table[i * width + j] = x[i] === y[j] ? table[(i + 1) * width + j + 1] + 1
            : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
        }
      }
      let i = 0, j = 0;
      while (i < x.length || j < y.length) {
        if (i < x.length && j < y.length && x[i] === y[j]) { rows.push([" ", x[i]]); i += 1; j += 1; }
        else if (i < x.length && (j === y.length || table[(i + 1) * width + j] >= table[i * width + j + 1])) { rows.push(["-", x[i]]); i += 1; }
        else { rows.push(["+", y[j]]); j += 1; }
      }
    }
    for (let i = a.length - tail; i < a.length; i += 1) rows.push([" ", a[i]]);
    return apart(rows);
  };

  // Of the cells in both versions those outside the longest rising run have moved.
  const movedThreads = (pairs) => {
    const tops = [], back = new Array(pairs.length).fill(-1);
    pairs.forEach(([, place], index) => {
      let low = 0, high = tops.length;
      while (low < high) { const middle = (low + high) >> 1; if (pairs[tops[middle]][1] < place) low = middle + 1; else high = middle; }
      back[index] = low ? tops[low - 1] : -1;
      tops[low] = index;
    });
    const stays = new Set();
    for (let index = tops.length ? tops[tops.length - 1] : -1; index >= 0; index = back[index]) stays.add(pairs[index][0]);
    return new Set(pairs.map(([thread]) => thread).filter((thread) => !stays.has(thread)));
  };

  const start = (story) => {
    const { versions, cells, outputs } = story;
    const language = story.language.toLowerCase().replace(/^i?python\d*$/, "python");
    const older = Number(at("position").dataset.older ?? 0);
    const numberOf = (index) => index + 1 + older;
    const dateOf = (version, style) => (version.time ? new Date(version.time).toLocaleString([], style) : "");
    spread(versions);
    const last = versions.length - 1;
    const slider = at("slider"), base = at("base"), only = at("only"), main = at("cells");
    const nodes = new Map();
    let now = -1, playing = 0, chosen = null;

    // Texts of outputs that went and came, told apart.
    const outputsApart = (gone, came) => {
      const lines = (number) => (outputs[number].text ?? "").split("\n");
      const shown = nbvcAlike.tellApart(gone.flatMap(lines), came.flatMap(lines));
      const texts = new Map();
      [gone, came].forEach((numbers, side) => {
        for (const number of numbers) texts.set(number, shown[side].splice(0, lines(number).length).join("\n"));
      });
      return texts;
    };

    const outputNode = (number, index, text = outputs[number].text) => {
      const output = outputs[number];
      const box = make("div", output.error ? "output error" : "output");
      if (output.label) box.append(make("p", "label", output.label));
      if (output.image !== undefined) {
        const image = make("img");
        const [mime, content] = images[output.image];
        image.src = `data:${mime};base64,${content}`;
        image.alt = output.alt || "";
        image.decoding = "async";
        box.append(image);
        return box;
      }
      if (text) box.append(make("pre", "", text));
      if (output.html) {
        const fold = make("details", "rich");
        fold.append(make("summary", "", "As HTML"));
        fold.addEventListener("toggle", () => {
          if (!fold.open || fold.querySelector("iframe")) return;
          const frame = make("iframe");
          frame.setAttribute("sandbox", "");
          frame.title = `Output ${index + 1}`;
          frame.srcdoc = FRAME + output.html;
          fold.append(frame);
        });
        box.append(fold);
      }
      return box;
    };

    // The elements of Markdown are nbvc's own: there is nothing in them but text.
    const proseNode = (prose) => {
      const node = make("div", "source prose-frame");
      const parsed = make("template");
      parsed.innerHTML = prose;
      node.append(parsed.content);
      return node;
    };

    const sourceNode = (kind, source) => {
      const node = make("pre", `source ${kind === "code" ? "code" : "prose"}`);
      node.append(...(kind === "code" ? colored(source, language) : asNodes(source)));
      return node;
    };

    const changedSource = (kind, before, after) => {
      const box = make("div", "source code changed");
      const rows = lineDiff(before.split("\n"), after.split("\n"));
      const near = new Uint8Array(rows.length);
      rows.forEach(([sign], i) => { if (sign !== " ") for (let k = Math.max(0, i - 3); k < Math.min(rows.length, i + 4); k += 1) near[k] = 1; });
      let hidden = 0;
      const fold = () => { if (hidden) box.append(make("p", "skip", `${hidden} unchanged ${hidden === 1 ? "line" : "lines"}`)); hidden = 0; };
      rows.forEach(([sign, line], i) => {
        if (!near[i]) { hidden += 1; return; }
        fold();
        const row = make(sign === "+" ? "ins" : sign === "-" ? "del" : "span", "line");
        row.append(...(kind === "code" ? colored(line || " ", language) : asNodes(line || " ")));
        row.dataset.sign = sign;
        box.append(row);
      });
      fold();
      return box;
    };

    const fill = (box, cell, before) => {
      const [kind, source, outs, prose] = cells[cell];
      const old = before === undefined ? null : cells[before];
      if (old && old[1] !== source) {
        box.append(changedSource(kind, old[1], source));
        if (prose) {
          const fold = make("details", "rich");
          fold.append(make("summary", "", "Rendered"), proseNode(prose));
          box.append(fold);
        }
      } else box.append(prose ? proseNode(prose) : sourceNode(kind, source));
      const former = old ? new Set(old[2]) : null, present = new Set(outs);
      const gone = old ? old[2].filter((number) => !present.has(number)) : [];
      const texts = gone.length ? outputsApart(gone, outs.filter((number) => !former.has(number))) : new Map();
      for (const number of gone) {
        const node = outputNode(number, 0, texts.get(number));
        node.classList.add("gone");
        box.append(node);
      }
      outs.forEach((number, index) => {
        const node = outputNode(number, index, texts.get(number));
        if (former && !former.has(number)) node.classList.add("came");
        box.append(node);
      });
    };

    const WORDS = { added: "added", removed: "removed", edited: "edited", outputs: "new outputs", moved: "moved", type: "other type" };
    const cellNode = (place, thread, cell, what, moved, before) => {
      const key = `${thread} ${cell} ${what} ${before ?? ""}`;
      let node = nodes.get(key);
      if (!node) {
        node = make("section", "cell");
        const head = make("h3");
        head.append(make("span", "number"), make("b", what), make("span", "jumps"));
        for (const [label, sign, way] of [["Previous change of this cell", "‹ previous change", -1], ["Next change of this cell", "next change ›", 1]]) {
          const button = make("button", "jump", sign);
          button.type = "button"; button.title = label; button.setAttribute("aria-label", label);
          button.addEventListener("click", () => jump(thread, way));
          head.lastChild.append(button);
        }
        node.append(head);
        node.dataset.thread = thread;
        node.addEventListener("click", () => choose(thread));
        fill(node, cell, before);
        if (nodes.size > 4000) nodes.clear();
        nodes.set(key, node);
      }
      // Only what is new is written: a write makes the browser lay the cell out again.
      const name = `cell ${what}${what || moved ? " change" : ""}${moved ? " moved" : ""}${thread === chosen ? " current" : ""}`;
      if (node.className !== name) node.className = name;
      const [number, word] = node.firstChild.children;
      const kind = `${cells[cell][0]} cell`;
      const label = place < 0 ? kind : `${kind} ${place + 1}`;
      const said = [WORDS[what], moved ? "moved" : ""].filter(Boolean).join(", ");
      if (number.textContent !== label) number.textContent = label;
      if (word.textContent !== said) word.textContent = said;
      return node;
    };

    // Which version a version is compared with: what it came from, or what was chosen, or none.
    const baseOf = (index) => (base.value === "before" ? versions[index].base : base.value === "none" ? -1 : Number(base.value));

    const differences = (index, other) => {
      const here = versions[index].cells;
      if (other < 0 || other === index) return { rows: here.map(([thread, cell], place) => ({ place, thread, cell, what: "" })), counts: {} };
      const old = new Map(versions[other].cells.map(([thread, cell], place) => [thread, { cell, place }]));
      const present = new Set(here.map(([thread]) => thread));
      const pairs = here.filter(([thread]) => old.has(thread)).map(([thread]) => [thread, old.get(thread).place]);
      const moved = movedThreads(pairs);
      const gone = new Map();
      let anchor = null;
      for (const [thread, cell] of versions[other].cells) {
        if (present.has(thread)) { if (!moved.has(thread)) anchor = thread; }
        else { if (!gone.has(anchor)) gone.set(anchor, []); gone.get(anchor).push({ place: -1, thread, cell, what: "removed" }); }
      }
      const rows = [...(gone.get(null) ?? [])];
      here.forEach(([thread, cell], place) => {
        const before = old.get(thread)?.cell;
        let what = "";
        if (before === undefined) what = "added";
        else if (before !== cell) what = cells[before][1] !== cells[cell][1] ? "edited" : cells[before][0] !== cells[cell][0] ? "type" : "outputs";
        rows.push({ place, thread, cell, what, moved: moved.has(thread), before: what && what !== "added" ? before : undefined });
        for (const row of gone.get(thread) ?? []) rows.push(row);
      });
      const counts = {};
      for (const row of rows) {
        if (row.what) counts[row.what] = (counts[row.what] ?? 0) + 1;
        if (row.moved) counts.moved = (counts.moved ?? 0) + 1;
      }
      return { rows, counts };
    };

    const anchored = (draw) => {
      const top = [...main.children].find((node) => node.getBoundingClientRect().bottom > 150);
      const thread = chosen ?? top?.dataset.thread;
      const find = () => (thread === undefined ? null : main.querySelector(`[data-thread="${Number(thread)}"]`));
      const before = scrollY < 10 && chosen === null ? null : find()?.getBoundingClientRect().top;
      draw();
      const after = before === null || before === undefined ? null : find();
      if (after) scrollBy(0, after.getBoundingClientRect().top - before);
    };

    const say = (index, other, counts) => {
      const version = versions[index];
      at("position").textContent = `Version ${numberOf(index)} of ${versions.length + older}`;
      const lines = version.message.split("\n");
      show(at("title"), lines[0] || "(no message)");
      const rest = lines.slice(1).join("\n").trim();
      show(at("message"), rest);
      at("message").hidden = !rest;
      const time = dateOf(version, { dateStyle: "medium", timeStyle: "short" });
      const kind = version.kind === "commit" ? "" : version.kind;
      show(at("about"), [version.author, time, kind, version.id.slice(0, 10), version.name].filter(Boolean).join(" · "));
      const said = Object.entries(counts).map(([what, count]) => `${count} ${what === "outputs" ? "with new outputs" : WORDS[what]}`);
      at("changes").textContent = version.problem ? `This version can't be shown: ${version.problem}`
        : other < 0 ? (base.value === "none" ? `${version.cells.length} cells` : `First version: ${version.cells.length} cells`)
          : `Since version ${numberOf(other)}: ${said.join(", ") || "no change in sources or outputs"}`;
    };

    // Cells that stay are left where they are.
    const arrange = (list) => {
      const wanted = new Set(list);
      for (const node of [...main.children]) if (!wanted.has(node)) node.remove();
      let place = main.firstChild;
      for (const node of list) {
        if (node === place) place = place.nextSibling;
        else main.insertBefore(node, place);
      }
    };

    const draw = () => {
      const other = baseOf(now), { rows, counts } = differences(now, other);
      const shown = only.checked && other >= 0 ? rows.filter((row) => row.what || row.moved) : rows;
      say(now, other, counts);
      const drawn = shown.map((row) => cellNode(row.place, row.thread, row.cell, row.what, row.moved, row.before));
      if (!drawn.length) drawn.push(make("p", "empty", versions[now].problem ? "Nothing to show." : "No cells."));
      anchored(() => arrange(drawn));
      at("first").disabled = at("back").disabled = now === 0;
      at("on").disabled = at("last").disabled = now === last;
      document.body.dataset.version = now;
      at("up").disabled = at("down").disabled = !main.querySelector(".change");
      at("download").disabled = Boolean(versions[now].problem);
      list.querySelector(".now")?.classList.remove("now");
      const entry = list.children[last - now], view = list.parentElement;
      entry.classList.add("now");
      const top = entry.offsetTop - view.offsetTop;
      if (top < view.scrollTop + 40 || top + entry.offsetHeight > view.scrollTop + view.clientHeight) view.scrollTop = top - view.clientHeight / 2;
    };

    // The sources of a version as a notebook; names of characters are characters again.
    const download = () => {
      const plain = (text) => text.replace(/<U\+([0-9A-F]{4,6})>/g, (_, code) => String.fromCodePoint(parseInt(code, 16)));
      const version = versions[now];
      const content = version.cells.map(([, cell]) => {
        const [kind, source] = cells[cell];
        const base = { cell_type: kind, metadata: {}, source: plain(source) };
        return kind === "code" ? { ...base, execution_count: null, outputs: [] } : base;
      });
      const whole = { cells: content, metadata: { language_info: { name: story.language } }, nbformat: 4, nbformat_minor: 4 };
      const link = make("a");
      link.href = URL.createObjectURL(new Blob([`${JSON.stringify(whole, null, 1)}\n`], { type: "application/x-ipynb+json" }));
      const name = (version.name || story.name).split("/").pop().replace(/\.ipynb$/, "");
      link.download = `${name}.${version.id.slice(0, 10)}.ipynb`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    };

    const go = (index) => {
      const next = Math.min(Math.max(index, 0), last);
      if (next === now) return;
      now = next;
      slider.value = now;
      slider.setAttribute("aria-valuetext", `Version ${numberOf(now)}: ${versions[now].message.split("\n")[0]}`);
      draw();
    };

    const stop = () => { clearInterval(playing); playing = 0; at("play").textContent = "▶ Play"; at("play").setAttribute("aria-label", "Play"); };
    const play = () => {
      if (playing) { stop(); return; }
      if (now === last) go(0);
      at("play").textContent = "❚❚ Pause";
      at("play").setAttribute("aria-label", "Pause");
      playing = setInterval(() => { if (now === last) stop(); else go(now + 1); }, 900);
    };

    const choose = (thread) => {
      chosen = thread;
      for (const node of main.children) node.classList.toggle("current", Number(node.dataset.thread) === thread);
    };

    // The next version, in one direction, in which this cell is another one than it is here.
    const cellIn = (index, thread) => versions[index].cells.find(([each]) => each === thread)?.[1] ?? -1;
    const jump = (thread, way) => {
      stop();
      choose(thread);
      for (let index = now + way, from = cellIn(now, thread); index >= 0 && index <= last; index += way) {
        if (versions[index].problem) continue;
        const cell = cellIn(index, thread);
        if (cell === from) continue;
        go(index);
        const node = main.querySelector(`[data-thread="${Number(thread)}"]`);
        const place = node?.getBoundingClientRect();
        if (place && (place.top < 100 || place.bottom > innerHeight)) reveal(node);
        return;
      }
      const node = main.querySelector(`[data-thread="${Number(thread)}"] h3 b`);
      if (node) node.textContent = way > 0 ? "no later change" : "no earlier change";
    };

    // Again until it rests: cells far away have no height of their own until they come near.
    let revealed = null;
    const reveal = (node) => {
      let top = NaN, quiet = 0, frames = 0;
      revealed = node;
      const look = () => {
        if (revealed !== node) return;
        quiet = Math.abs(node.getBoundingClientRect().top - top) < 1 ? quiet + 1 : 0;
        if (!quiet) node.scrollIntoView({ block: node.offsetHeight > innerHeight * 0.6 ? "start" : "center" });
        top = node.getBoundingClientRect().top;
        frames += 1;
        if (quiet < 5 && frames < 60) requestAnimationFrame(look);
      };
      look();
    };

    const walk = (way) => {
      const changes = [...main.querySelectorAll(".change")];
      const from = changes.findIndex((node) => node.classList.contains("current"));
      const next = changes[from < 0 ? (way > 0 ? 0 : changes.length - 1) : from + way];
      if (!next) return;
      choose(Number(next.dataset.thread));
      reveal(next);
    };

    const option = (value, text) => { const each = make("option", "", text); each.value = value; base.append(each); };
    option("before", "the version before");
    option("none", "nothing");
    versions.forEach((version, index) => option(String(index), `${numberOf(index)}: ${version.message.split("\n")[0].slice(0, 50)}`));

    const list = at("versions");
    for (let index = last; index >= 0; index -= 1) {
      const version = versions[index];
      const entry = make("li"), link = make("a");
      link.href = `#${version.id}`;
      link.append(make("b", "number", `${numberOf(index)}`), " ", make("span", "", version.message.split("\n")[0] || "(no message)"));
      link.append(make("small", "", [dateOf(version, { dateStyle: "medium" }), version.author].filter(Boolean).join(" · ")));
      link.addEventListener("click", (event) => { event.preventDefault(); stop(); go(index); });
      entry.append(link);
      list.append(entry);
    }

    slider.max = last;
    slider.addEventListener("input", () => { stop(); go(Number(slider.value)); });
    base.addEventListener("change", draw);
    only.addEventListener("change", draw);
    at("first").addEventListener("click", () => { stop(); go(0); });
    at("back").addEventListener("click", () => { stop(); go(now - 1); });
    at("on").addEventListener("click", () => { stop(); go(now + 1); });
    at("last").addEventListener("click", () => { stop(); go(last); });
    at("play").addEventListener("click", play);
    at("download").addEventListener("click", download);
    // The header may take several lines: what sticks below it begins where it ends.
    const header = document.querySelector("header");
    const measure = () => document.documentElement.style.setProperty("--head", `${header.offsetHeight}px`);
    new ResizeObserver(measure).observe(header);
    at("up").addEventListener("click", () => walk(-1));
    at("down").addEventListener("click", () => walk(1));
    const keys = {
      ArrowLeft: () => { stop(); go(now - 1); }, ArrowRight: () => { stop(); go(now + 1); },
      Home: () => { stop(); go(0); }, End: () => { stop(); go(last); }, " ": play,
      n: () => walk(1), p: () => walk(-1),
      "[": () => { if (chosen !== null) jump(chosen, -1); }, "]": () => { if (chosen !== null) jump(chosen, 1); },
    };
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof HTMLElement && event.target.matches("select, button, summary, input")) {
        if (event.target !== slider || event.key === " ") { if (event.target !== slider) return; } else if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") return;
      }
      const action = Object.hasOwn(keys, event.key) ? keys[event.key] : null;
      if (!action) return;
      event.preventDefault();
      action();
    });
    if (last < 0) { at("position").textContent = "No versions"; return; }
    const wanted = versions.findIndex((version) => location.hash.length > 4 && version.id.startsWith(location.hash.slice(1)));
    go(wanted < 0 ? last : wanted);
    document.body.dataset.ready = "true";
  };

  unpacked().then(start).catch((error) => { at("position").textContent = `This page can't be shown by this browser: ${error.message}`; });
})();
