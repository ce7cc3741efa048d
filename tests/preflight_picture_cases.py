"""The cases of checks that look at pictures, colours and sizes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.factories import SITE_URL, make_newsletter
from tests.preflight_samples import (
    BOAT,
    ENTRIES,
    PATHS,
    Case,
    add,
    embed,
    entries,
    make_proof,
    paragraph,
    picture,
    style,
    swap,
    swap_bytes,
)


def pictures() -> Iterator[Case]:
    boat = f'src="{SITE_URL}{BOAT.path}"'
    yield Case("alt-missing", picture(f'{boat} width="9"'), picture(f'{boat} width="9" alt=""'))
    yield Case(
        "alt-empty",
        make_proof(entries({"picture": replace(ENTRIES[0].picture, alt="")})),
        picture(f'{boat} alt="" height="32"'),
    )
    for bad, good in (
        ("DSC_0042.JPG", "The DSC_0042.JPG of a boat"),
        ("IMG 1234", "Image of a boat in 1234"),
    ):
        yield Case(
            "alt-file-name",
            picture(f'{boat} width="9" alt="{bad}"'),
            picture(f'{boat} width="9" alt="{good}"'),
            bad,
        )
    yield Case(
        "dead-picture",
        make_proof(paths=PATHS - {BOAT.path}),
        picture('src="https://other.example/a.png" alt="A" width="9"'),
    )
    heavy, wide = replace(BOAT, length=200_001), replace(BOAT, width=1201)
    yield Case(
        "picture-weight",
        make_proof(pictures={BOAT.path: heavy}),
        make_proof(pictures={BOAT.path: replace(BOAT, length=200_000)}),
    )
    many = {f"media/{i}.png": replace(BOAT, length=190_000) for i in range(6)}
    shown = "".join(f'<img src="{SITE_URL}{path}" alt="A" width="9">' for path in many)
    yield Case(
        "picture-weight",
        make_proof(html=add(shown), pictures=many),
        make_proof(html=add(shown), pictures={}),
        "together",
    )
    yield Case("picture-size", make_proof(pictures={BOAT.path: wide}), make_proof())
    yield Case(
        "picture-size",
        make_proof(pictures={BOAT.path: replace(BOAT, width=300)}),
        make_proof(pictures={BOAT.path: replace(BOAT, width=0)}),
        "too small",
    )
    yield Case(
        "picture-size",
        picture('src="https://other.example/a.png" alt="A" style="width:100%"'),
        picture('src="https://other.example/a.png" alt="A" height="32"'),
        "unsaid",
    )
    yield Case(
        "picture-size",
        picture('src="https://other.example/a.png" alt="A" width="601"'),
        picture('src="https://other.example/a.png" alt="A" width="600"'),
        "too wide",
    )
    yield Case(
        "picture-format",
        picture('src="https://other.example/a.webp?x" alt="A" width="9"'),
        picture('src="https://other.example/webp" alt="A" width="9"'),
    )
    yield Case(
        "picture-format",
        make_proof(pictures={BOAT.path: replace(BOAT, media_type="image/svg+xml")}),
        make_proof(),
        "known",
    )
    yield Case(
        "picture-data",
        picture('src="data:image/png;base64,AAAA" alt="A" width="9"'),
        picture('src="https://data.example/image.png" alt="A" width="9"'),
    )
    yield from inside()
    row = "".join(
        f'<img src="https://o.example/{i}.png" alt="A" width="90" height="90">' for i in range(9)
    )
    yield Case(
        "text-beside-pictures",
        make_proof(html=add(row)),
        make_proof(html=add(row.replace("90", "20"))),
    )


def inside() -> Iterator[Case]:
    id_ = f"{embed().hash}@courier.example"
    other, part = embed(30_000), f"Content-ID: <{id_}>".encode()
    yield Case(
        "picture-inside",
        picture('src="cid:a@courier.example" alt="A" width="9"'),
        picture(f'src="{SITE_URL}{BOAT.path}" alt="A" width="9"', embedded=(embed(),)),
    )
    yield Case(
        "picture-inside",
        make_proof(embedded=(embed(),), message=swap_bytes(part, b"Content-ID: <a@b.example>")),
        make_proof(embedded=(embed(),)),
        "another part",
    )
    yield Case(
        "picture-inside",
        make_proof(embedded=(embed(), replace(other, url=f"{SITE_URL}media/other.jpg"))),
        make_proof(
            embedded=(embed(), replace(other, url=f"{SITE_URL}media/other.jpg")),
            html=add(f'<!--[if mso]><img src="{SITE_URL}media/other.jpg"><![endif]-->'),
        ),
        "that nothing names",
    )
    yield Case(
        "picture-inside",
        make_proof(
            embedded=(embed(), replace(other, url=f"{SITE_URL}media/other.jpg")),
            message=swap_bytes(b"Content-ID: <" + other.hash.encode(), part.partition(b"@")[0]),
        ),
        make_proof(
            embedded=(embed(), replace(embed(), url=f"{SITE_URL}media/other.jpg")),
            html=add(f'<img src="{SITE_URL}media/other.jpg" alt="A" width="9">'),
        ),
        "twice",
    )
    wants = make_newsletter(embed=True)
    yield Case(
        "picture-outside",
        make_proof(newsletter=wants),
        make_proof(newsletter=wants, embedded=(embed(),)),
    )
    yield Case(
        "picture-outside",
        picture(
            'src="https://o.example/a.png" alt="A" width="9"',
            newsletter=wants,
            embedded=(embed(),),
        ),
        picture('src="https://o.example/a.png" alt="A" width="9"', embedded=(embed(),)),
        "elsewhere",
    )


def look() -> Iterator[Case]:
    yield Case("contrast-light", paragraph("color:#808080"), paragraph("color:#5b564d"))
    yield Case(
        "contrast-light",
        paragraph("color:#fff;font-size:30px"),
        paragraph("color:#808080;font-size:24px"),
        "large",
    )
    yield Case(
        "contrast-light",
        paragraph("color:white", "<b style='color:rgb(200, 200, 200)'>x</b>"),
        paragraph("color:white;background:#000"),
        "ground",
    )
    yield Case(
        "contrast-light",
        make_proof(html=style("div h1 { color: #aaa !important }")),
        make_proof(html=style("div h1:hover { color: #aaa } h2 > h1 { color: #bbb }")),
        "sheet",
    )
    yield Case(
        "contrast-dark",
        make_proof(html=add('<div style="color:#1d1b18">Some words.</div>')),
        make_proof(html=add('<p style="color:#1d1b18">Some words.</p>')),
    )
    dark = "@media (prefers-color-scheme: dark)"
    yield Case(
        "contrast-dark",
        make_proof(html=style(dark + " { h1 { color: #222 !important } }")),
        make_proof(
            html=style(
                dark + " { h1 { color: #222 } } @media print { h1 { color: #222 !important } }"
            )
        ),
        "sheet",
    )
    yield Case("dark-scheme", make_proof(html=swap(dark, "@media print")), make_proof())
    yield Case("font-size", paragraph("font-size:13.5px"), paragraph("font-size:14px"))
    yield Case(
        "font-size",
        paragraph("font-size:10pt", "Some <small>words</small>"),
        paragraph("font-size:0.9em"),
        "units",
    )
    yield Case("font-size", paragraph("font-size:0"), paragraph("font-size:0;display:none"), "none")
    yield Case("too-wide", paragraph("width:700px"), paragraph("max-width:700px;width:100%"))
    yield Case(
        "too-wide",
        make_proof(html=add('<table role="presentation" width="640"></table>')),
        make_proof(html=add('<table role="presentation" width="600"></table>')),
        "attribute",
    )
    remote = "https://fonts.example/a.woff2"
    yield Case(
        "remote-style",
        make_proof(html=style(f"@font-face {{ font-family: A; src: url({remote}) }}")),
        make_proof(html=style("@font-face { font-family: A; src: local(Arial) }")),
    )
    yield Case(
        "remote-style",
        make_proof(html=swap("</head>", f'<link rel="stylesheet" href="{remote}"></head>')),
        make_proof(html=add(f"<!-- @import url({remote}) -->")),
        "link",
    )
    yield Case(
        "remote-style",
        paragraph(f"background:url('{remote}')"),
        paragraph("background:none"),
        "url",
    )
    rule = "p.a { margin: 0 }\n"
    yield Case("style-size", make_proof(html=style(rule * 900)), make_proof(html=style(rule * 90)))
    yield Case("style-size", make_proof(html=add(f"<style>{rule}</style>")), make_proof(), "body")
    for bad, good in (
        ("<form></form>", "<p>form</p>"),
        ("<p onclick='a()'>x</p>", "<p title='onclick'>x</p>"),
        ("<script>1</script>", "<p>script</p>"),
        ("<iframe src='https://other.example/'></iframe>", "<!-- <iframe> -->"),
        ("<svg></svg>", "<p>svg</p>"),
    ):
        yield Case("forbidden-element", make_proof(html=add(bad)), make_proof(html=add(good)), bad)
    yield Case(
        "forbidden-element",
        make_proof(html=swap("</head>", '<meta http-equiv="refresh" content="0"></head>')),
        make_proof(),
        "refresh",
    )
    yield Case("headings", make_proof(html=add("<h1>x</h1>")), make_proof(html=add("<h2>x</h2>")))
    yield Case(
        "table-role",
        make_proof(html=add("<table><tr><td>x</td></tr></table>")),
        make_proof(html=add("<table><tr><th>x</th></tr></table>")),
    )
