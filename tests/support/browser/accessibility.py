"""Checks of a page: names and roles of what can be focused, contrast of text (WCAG 2 AA), sizes of targets, headings."""

CONTRAST = r"""(() => {
  const parse = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const bad = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const element = node.parentElement;
    if (node.data.trim() === '' || !element.checkVisibility() || element.closest('.unseen, option')) continue;
    const style = getComputedStyle(element);
    const inPicture = element.namespaceURI.endsWith('svg');
    if (inPicture && element.matches('.q')) continue; // a letter in a disc; the words below say the same
    const [a, b] = [light(parse(inPicture ? style.fill : style.color)), light(behind(element))].sort((x, y) => y - x);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (large ? 3 : 4.5)) bad.push(`contrast ${ratio.toFixed(2)}: ${node.data.trim().slice(0, 40)}`);
  }
  return bad;
})()"""

STRUCTURE = r"""(() => {
  const bad = [];
  let level = 0;
  for (const heading of document.querySelectorAll('h1, h2, h3, h4')) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) bad.push(`heading skips a level: ${heading.textContent}`);
    level = own;
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  bad.push(...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `id twice: ${id}`));
  for (const element of document.querySelectorAll('[aria-labelledby], [aria-describedby]')) {
    for (const name of ['aria-labelledby', 'aria-describedby']) {
      const target = element.getAttribute(name);
      if (target && !document.getElementById(target)) bad.push(`${name} of nothing: ${target}`);
    }
  }
  for (const element of document.querySelectorAll('button, input, select, summary')) {
    if (!element.checkVisibility()) continue;
    const { width, height } = element.getBoundingClientRect();
    if (width < 24 || height < 24) bad.push(`target of ${width} by ${height}: ${element.id || element.textContent}`);
  }
  if (!document.documentElement.lang) bad.push('no language');
  if (document.querySelectorAll('main').length !== 1 || document.querySelectorAll('h1').length !== 1) bad.push('one main, one h1');
  return bad;
})()"""


def axe(tab, path):
    """What axe-core finds: `npm pack axe-core`, and the path of its axe.min.js."""
    with open(path, encoding="utf-8") as file:
        tab.run(file.read() + "; true")
    return tab.run("axe.run().then(({ violations }) => violations.map(({ id, nodes }) => "
                   "`${id}: ${nodes.map(({ html }) => html.slice(0, 100)).join(' | ')}`))")


def problems(tab, least=12):
    """What is wrong with a page in which at least so many elements can be focused."""
    found = tab.run(CONTRAST) + tab.run(STRUCTURE)
    nodes = tab.call("Accessibility.getFullAXTree")["nodes"]
    focusable = 0
    for node in nodes:
        can_focus = any(p["name"] == "focusable" and p["value"].get("value") for p in node.get("properties", []))
        if node.get("ignored") or not can_focus or node["role"]["value"] in ("RootWebArea",):
            continue
        focusable += 1
        if not node.get("name", {}).get("value", "").strip():
            found.append(f"no name: {node['role']['value']}")
    if focusable < least:
        found.append(f"only {focusable} elements can be focused")
    return found
