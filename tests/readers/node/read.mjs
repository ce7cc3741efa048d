// Reads feeds with a package of npm: node read.mjs PACKAGE < addresses > entries.json
// The entries of each address have the fields of tests.readers.reading.Read.

import { text } from "node:stream/consumers";

const seconds = (when) => (when === undefined ? null : Date.parse(when) / 1000);

async function rssParser() {
  const { default: Parser } = await import("rss-parser");
  const parser = new Parser({ customFields: { item: [["link", "links", { keepArray: true }]] } });
  const attached = (item) =>
    item.enclosure
      ? [item.enclosure]
      : item.links.map((link) => link.$).filter((link) => link?.rel === "enclosure");
  return async (address) =>
    (await parser.parseURL(address)).items.map((item) => ({
      id: item.guid ?? item.id,
      title: item.title,
      url: item.link,
      published: seconds(item.isoDate),
      updated: null,
      text: item["content:encoded"] ?? item.content ?? item.summary,
      enclosures: attached(item).map((e) => [e.url ?? e.href, e.type, Number(e.length)]),
    }));
}

async function feedsmith() {
  const { parseFeed } = await import("feedsmith");
  const readers = {
    rss: (feed) =>
      feed.items.map((item) => ({
        id: item.guid.value,
        title: item.title,
        url: item.link,
        published: seconds(item.pubDate),
        updated: null,
        text: item.content?.encoded ?? item.description,
        enclosures: (item.enclosures ?? []).map((e) => [e.url, e.type, e.length]),
      })),
    atom: (feed) =>
      feed.entries.map((entry) => ({
        id: entry.id,
        title: entry.title.value,
        url: entry.links.find((link) => link.rel === "alternate").href,
        published: seconds(entry.published),
        updated: seconds(entry.updated),
        text: (entry.content ?? entry.summary).value,
        kind: (entry.content ?? entry.summary).type,
        enclosures: entry.links
          .filter((link) => link.rel === "enclosure")
          .map((link) => [link.href, link.type, link.length]),
      })),
    json: (feed) =>
      feed.items.map((item) => ({
        id: item.id,
        title: item.title,
        url: item.url,
        published: seconds(item.date_published),
        updated: seconds(item.date_modified),
        text: item.content_html ?? item.content_text,
        kind: item.content_html === undefined ? "text" : "html",
        enclosures: (item.attachments ?? []).map((a) => [a.url, a.mime_type, a.size_in_bytes]),
      })),
  };
  return async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    const { format, feed } = parseFeed(await answer.text());
    return readers[format](feed);
  };
}

const read = await { "rss-parser": rssParser, feedsmith }[process.argv[2]]();
const found = {};
for (const address of (await text(process.stdin)).split(/\s+/).filter(Boolean)) {
  found[address] = await read(address);
}
process.stdout.write(JSON.stringify(found));
