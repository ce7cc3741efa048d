"""Shortcodes are turned, dropped, kept or refused, and never run."""

from __future__ import annotations

import pytest

from publisher.parse.formats.shortcodes import TurnedText, turn_shortcodes


def turned(text: str) -> str:
    return " ".join(turn_shortcodes(text, policy="drop").text.split())


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("{% highlight ruby linenos %}\nx `y`\n{% endhighlight %}", "```ruby x `y` ```"),
        ("{{< highlight go >}}\n```\n{{< /highlight >}}", "````go ``` ````"),
        ("{% codeblock lang:js %}\nx\n{% endcodeblock %}", "```js x ```"),
        ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
        ("a{% comment %}x{% endcomment %}b", "ab"),
        ("[t]({% post_url 2020-01-01-x %})", "[t](~/2020-01-01-x.md)"),
        ("[t]({% link _posts/x.md %})", "[t](~/x.md)"),
        ("[t]({{ site.baseurl }}{% post_url x %}#a)", "[t](~/x.md#a)"),
        ('<a href="{{ site.url }}{% post_url x %}">', '<a href="~/x.md">'),
        ("[r]: {% post_url x %}", "[r]: ~/x.md"),
        ("See {% post_url x_y %}.", 'See <a href="~/x_y.md">&#126;/x&#95;y.md</a>.'),
        ("{{ site.url }}{% post_url x %}", '<a href="~/x.md">&#126;/x.md</a>'),
        ("[{% post_url x %}]({% post_url x %})", "[&#126;/x.md](~/x.md)"),
        ('({{< ref "/x.md#a" >}})', '(<a href="~//x.md#a">&#126;/x.md</a>)'),
        ('[t]({{< relref "a b/c#d" >}})', "[t](~/a%20b/c.md#d)"),
        ('[t]({{< ref path="/x.md" >}})', "[t](~//x.md)"),
        (
            '{{< figure src="a.png" alt="A" caption="C&D" width="10" >}}',
            '<figure><img src="a.png" alt="A" width="10"><figcaption>C&amp;D</figcaption></figure>',
        ),
        (
            '{{< imgproc "a.png" Fit "600x400" >}}C{{< /imgproc >}}',
            '<figure><img src="a.png" alt=""><figcaption>C</figcaption></figure>',
        ),
        (
            '{% img left /a.png 10 20 "T" "A" %}',
            '<figure><img src="/a.png" alt="A" width="10" height="20"></figure>',
        ),
        ("{{< youtube abc-1 >}}", "<https://www.youtube.com/watch?v=abc-1>"),
        ('{{< youtube id="abc" >}}', "<https://www.youtube.com/watch?v=abc>"),
        ("{{< vimeo 12 >}}", "<https://vimeo.com/12>"),
        ('{{< tweet user="a" id="1" >}}', "<https://x.com/a/status/1>"),
        ("{{< gist a 1f >}}", "<https://gist.github.com/a/1f>"),
        ("{% note %}\na\nb\n{% endnote %}", "> a > b"),
        ("{{% alert title=x %}}a {{< vimeo 1 >}}{{% /alert %}}", "> a <https://vimeo.com/1>"),
        (
            '{{< details "S" >}}t{{< /details >}}',
            "<details><summary>S</summary> t </details>",
        ),
        ('{{image "a/b.png" 850}}', '<figure><img src="a/b.png" alt="" width="850"></figure>'),
        ('{{play "a/b.go" `/x/` `$`}}', "[`a/b.go`](<a/b.go>)"),
        (
            '{{video "https://www.youtube.com/embed/x?start=3"}}',
            "[https://www.youtube.com/watch?v=x](<https://www.youtube.com/watch?v=x>)",
        ),
        ("a {{raw \"`x<<'\\\\t'`\"}} b", "a `x<<'\\t'` b"),
        ('the {{" < "}} operator', "the &lt; operator"),
        ("{{raw `\n\tx {{y}}\n`}}", "x {{y}}"),
        ("![a]({{ site.url }}/b.png)", "![a](/b.png)"),
        ('[a]({{ "/b" | relative_url }})', "[a](/b)"),
        ("{{</* x */>}}", "{{&lt; x >}}"),
        ('![a](b.png){:class="c" width="3"}', "![a](b.png)"),
        ("{:toc}\na {: #id .c}", "a"),
        ("a {::nomarkdown}b{:/}", "a b"),
        ("{::comment}x {y}{:/comment}z", "z"),
        ("{.lead}\ntext", "text"),
        ("prints {:?} and {:#?} and {:>8}", "prints {:?} and {:#?} and {:>8}"),
        ("{{", "{{"),
        ("{% unclosed", "{% unclosed"),
    ],
)
def test_known_ones_are_turned(written: str, becomes: str) -> None:
    assert turned(written) == becomes


@pytest.mark.parametrize(
    "text",
    [
        "`{{ a }}` and ``{% b %} ` c``",
        "```\n{{< a >}}\n```",
        "> ~~~~ x\n> {% a %}\n> ~~~\n> ~~~~",
        "a\n\n    {{ b }}\n\n    {{ c }}\n\nd",
        "\t{{ b }}\n\t{{ c }}",
        "<pre>{{ a }}</pre>",
        "```\n{{< never closed >}}",
    ],
)
def test_code_stays_as_it_is(text: str) -> None:
    assert turn_shortcodes(text, policy="refuse") == TurnedText(text=text)


def test_text_that_only_looks_like_code_is_read() -> None:
    text = "- a\n\n    {{ b }}\n\n`x\n\n{{ c }}` `` {{ d }}\n<pre {{ e }}\n{::comment} {{ f }}"
    assert [name for _, name in turn_shortcodes(text, policy="refuse").refused] == list("bcdef")


def test_go_text_literals_are_printed_in_fences_too() -> None:
    text = '```Go\nif n {{raw "<"}}= 1 {{x}}\n```'
    assert turn_shortcodes(text, policy="drop").text == "```Go\nif n <= 1 {{x}}\n```"


def test_unknown_ones_are_dropped_with_one_warning() -> None:
    text = "a {{< x >}}\n{% y %} {{< x >}}\n" + "{{z}}\n" * 7
    found = turn_shortcodes(text, policy="drop")
    assert found.text == "a \n \n" + "\n" * 7
    (warning,) = found.warnings
    assert warning == (
        "shortcodes that are not known were left out: x (line 1, 2); y (line 2);"
        " z (line 3, 4, 5, 6, 7 and 2 more)"
    )


def test_unknown_ones_are_kept() -> None:
    found = turn_shortcodes("a {{<x>}} {% y %} {{z}}", policy="keep")
    assert found == TurnedText(text="a {{&lt;x>}} {% y %} {{z}}")


def test_unknown_ones_are_refused_with_their_lines() -> None:
    found = turn_shortcodes("a\n\n{% note %}\n\n{{< x >}}\n{% endnote %}\n{% y %}", policy="refuse")
    assert found.refused == ((5, "x"), (7, "y"))


def test_a_known_one_without_its_end_or_sense_is_unknown() -> None:
    text = '{% highlight x %} {% note %} {{< figure >}}a{{< /figure >}} {{< youtube "a b" >}}'
    names = [name for _, name in turn_shortcodes(text, policy="refuse").refused]
    assert names == ["highlight", "note", "figure", "figure", "youtube"]


@pytest.mark.parametrize(
    "text",
    [
        "{%  img left %}",
        '{{ raw (file "x") }}',
        "{{play}}",
        "{{ref}}",
        "{{video}}",
        "{% details %}",
    ],
)
def test_arguments_that_say_nothing(text: str) -> None:
    assert len(turn_shortcodes(text, policy="refuse").refused) == 1


def test_text_without_braces_is_the_same_object() -> None:
    text = "no braces here"
    assert turn_shortcodes(text, policy="drop").text is text
