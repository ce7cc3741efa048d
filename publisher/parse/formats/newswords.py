"""PURE. The words by which news texts of many languages set off what is not the article.

Compared by `fold`: in small letters, without accents and what is not a letter at the ends. A
word of any language counts in every text: newsrooms mix them, and none of these begins a
paragraph of its own. A line of a table is a language (BCP 47) and its words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

LONGEST = 60
"""Characters of the longest line that is looked up here."""

_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_ALIKE = str.maketrans({"ı": "i", "’": "'", "ʼ": "'", "ى": "ي", "ـ": ""})


def fold(text: str) -> str:
    """A short line as it is looked up; "" for one too long to be any of these words."""
    if len(text) > LONGEST:
        return ""
    if text.isascii():
        return _EDGES.sub("", " ".join(text.lower().split()))
    apart = unicodedata.normalize("NFD", text.casefold())
    letters = "".join(c for c in apart if unicodedata.category(c) != "Mn")
    return _EDGES.sub("", " ".join(letters.translate(_ALIKE).split()))


def by_language(table: str) -> Mapping[str, tuple[str, ...]]:
    """A table of words: each line a language and words parted by `|`; `|` first goes on."""
    words: dict[str, tuple[str, ...]] = {}
    for line in re.sub(r"\n\s*\|", " |", table).split("\n"):
        language, _, told = line.strip().partition(" ")
        if told:
            words[language] = tuple(word.strip() for word in told.split("|"))
    return words


def folded(words: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """All words of a table as `fold` gives them."""
    return frozenset(fold(word) for told in words.values() for word in told)


RELATED_BY_LANGUAGE = by_language(
    """
    en related | related article | related articles | related content | related coverage
       | related links | related news | related reading | related stories | related story
       | related topics | recommended | recommended for you | recommended stories | more on this
       | more on this story | more on this topic | more stories | more news | more from this section
       | you may also like | you might also like | most read | most popular | trending
       | trending now | read next | further reading
    id berita terkait | berita lainnya | berita terkini | berita populer | artikel terkait
       | artikel lainnya | terkait | topik terkait | tag terkait | baca berita lainnya | rekomendasi
       | rekomendasi untuk anda | terpopuler | berita terpopuler | berita pilihan | pilihan editor
    ms berita berkaitan | artikel berkaitan | berita lain | artikel lain | topik berkaitan
       | paling popular | mungkin anda suka
    ar مواضيع ذات صلة | موضوعات ذات صلة | مواضيع مرتبطة | أخبار ذات صلة | أخبار متعلقة
       | مقالات ذات صلة | ذات صلة | اقرأ المزيد | قد يهمك | قد يعجبك أيضا | الأكثر قراءة
    de verwandte artikel | verwandte themen | ähnliche artikel | weitere artikel | weitere meldungen
       | weitere themen | weiterlesen | mehr zum thema | zum thema | passend zum thema
       | lesen sie auch | das könnte sie auch interessieren | meistgelesen
    fr à lire aussi | lire aussi | à lire également | articles liés | articles associés
       | articles similaires | sur le même sujet | sur le même thème | dans la même rubrique
       | pour aller plus loin | les plus lus | plus d'articles
    es noticias relacionadas | artículos relacionados | contenido relacionado
       | contenidos relacionados | temas relacionados | más noticias | más sobre este tema
       | también te puede interesar | te puede interesar | le puede interesar | lo más leído
    pt notícias relacionadas | artigos relacionados | matérias relacionadas | conteúdo relacionado
       | conteúdos relacionados | veja também | leia também | leia mais | mais notícias | mais lidas
       | saiba mais | ler mais | relacionados
    nl gerelateerd | gerelateerde artikelen | gerelateerd nieuws | meer nieuws
       | meer over dit onderwerp | lees meer over | lees verder | meest gelezen
    it articoli correlati | notizie correlate | contenuti correlati | potrebbe interessarti
       | potrebbe interessarti anche | ti potrebbe interessare | ti potrebbe interessare anche
       | sullo stesso argomento | altre notizie | i più letti
    tr ilgili haber | ilgili haberler | ilgili yazılar | ilgili içerikler | benzer haberler
       | diğer haberler | çok okunanlar
    ru по теме | материалы по теме | новости по теме | статьи по теме | читайте также
       | похожие материалы | похожие новости | ещё по теме | другие новости | самое читаемое
    uk за темою | матеріали за темою | новини за темою | читайте також | схожі новини | інші новини
    be па тэме | чытайце таксама
    pl powiązane artykuły | powiązane | podobne artykuły | zobacz też | zobacz także | czytaj więcej
       | więcej na ten temat | najczęściej czytane | polecane
    cs související články | související | podobné články | k tématu | další články | nejčtenější
    sk súvisiace články | súvisiace | podobné články | ďalšie články | najčítanejšie
    sl povezani članki | povezane novice | sorodni članki
    hr povezani članci | povezane vijesti | vezane vijesti | najčitanije
    sr повезане вести | povezane vesti | слични чланци
    bg свързани новини | свързани статии | още по темата
    ro articole similare | știri similare | articole asemănătoare | pe aceeași temă | citește și
       | cele mai citite
    hu kapcsolódó cikkek | kapcsolódó cikk | kapcsolódó | hasonló cikkek | további hírek
       | ajánlott cikkek | legolvasottabb
    el σχετικά άρθρα | σχετικά θέματα | σχετικές ειδήσεις | περισσότερα νέα | διαβάστε περισσότερα
    sv läs mer om | relaterat | relaterade artiklar | läs mer | mer om ämnet | fler nyheter
       | mest läst
    da læs mere om | relaterede artikler | relateret | læs mere | mere om emnet | flere nyheder
       | mest læste
    nb les mer om | relaterte saker | relaterte artikler | relatert | les mer | flere nyheter
       | mest lest
    fi aiheesta lisää | lisää aiheesta | aiheeseen liittyvää | lue lisää | luetuimmat
    et seotud artiklid | seotud lood | loe lisaks | loe veel
    lv saistītie raksti | saistītās ziņas
    lt susiję straipsniai | susijusios naujienos
    ja 関連記事 | 関連ニュース | 関連リンク | あわせて読みたい | 合わせて読みたい | こちらもおすすめ
       | おすすめ記事 | 人気記事 | 関連トピックス
    zh 相关新闻 | 相关阅读 | 相关报道 | 相关文章 | 相關新聞 | 相關閱讀 | 相關報導 | 相關文章
       | 延伸阅读 | 延伸閱讀 | 推荐阅读 | 推薦閱讀 | 热门文章
       | 更多新聞 | 更多新闻
    ko 관련기사 | 관련 기사 | 관련뉴스 | 관련 뉴스 | 많이 본 기사 | 많이 본 뉴스 | 추천기사
       | 추천 기사 | 주요뉴스
    vi tin liên quan | bài liên quan | bài viết liên quan | tin cùng chuyên mục | tin khác
       | đọc nhiều | có thể bạn quan tâm
    th ข่าวที่เกี่ยวข้อง | บทความที่เกี่ยวข้อง | เรื่องที่เกี่ยวข้อง | อ่านข่าวเพิ่มเติม
       | ข่าวยอดนิยม
    hi संबंधित खबरें | संबंधित समाचार | संबंधित लेख | ये भी पढ़ें
    bn সম্পর্কিত খবর | সংশ্লিষ্ট খবর | আরও খবর
    fa اخبار مرتبط | مطالب مرتبط | خبرهای مرتبط | بیشتر بخوانید
    he כתבות קשורות | כתבות נוספות | עוד בנושא | אולי יעניין אותך
    ur متعلقہ خبریں | متعلقہ مضامین
    fil kaugnay na balita | mga kaugnay na balita
    sw habari zinazohusiana | soma zaidi
    """
)
"""Headings of what follows the article: from here to the end nothing is of it."""

SEE_ALSO_BY_LANGUAGE = by_language(
    """
    en read also | also read | see also | also see | read more | don't miss | watch also
    id baca juga | baca pula | baca | lihat juga | simak juga | simak pula | baca selengkapnya
       | tonton juga
    ms baca juga | baca lagi | lihat juga | tonton
    ar اقرأ أيضا | اقرأ أيضًا | اقرأوا أيضا | شاهد أيضا | طالع أيضا
    de siehe auch | auch interessant | lesen sie dazu auch | lesen sie auch | lesen sie hier
       | mehr dazu | lesetipp
    fr voir aussi | lire aussi | à lire aussi | lire également
    es lea también | vea también | lee también | ver también | lea además | mira también | leer más
    pt veja mais | veja também | leia também | ler também | confira também | leia ainda
    nl lees ook | lees meer | zie ook | bekijk ook
    it leggi anche | vedi anche | leggi pure | guarda anche | per approfondire
    tr ayrıca bakınız | bunlar da ilginizi çekebilir | ayrıca okuyun | bunu da okuyun | ilgili haber
    ru смотрите также | см. также | читайте также | читать также | ранее по теме
    uk читайте також | дивіться також | див. також
    pl czytaj też | czytaj także | czytaj również | przeczytaj też | przeczytaj także | zobacz też
       | zobacz także | zobacz również
    cs čtěte také | čtěte též | přečtěte si také | přečtěte si | viz také
    sk čítajte aj | prečítajte si aj | pozrite aj
    sl preberite tudi | berite tudi
    hr pročitajte i | čitajte još | pogledajte i
    sr прочитајте и | pročitajte još
    bg прочетете още | вижте още | вижте също
    ro citește și | citiți și | vezi și
    hu olvassa el ezt is | olvasta már | lásd még
    el διαβάστε επίσης | διαβάστε ακόμη | διαβάστε ακόμα | δείτε επίσης | δείτε ακόμη
    sv läs också | läs även | se även
    da læs også | se også
    nb les også | se også
    fi lue myös | katso myös
    et loe ka | vaata ka
    lv lasi arī | lasiet arī
    lt skaitykite taip pat | taip pat skaitykite
    ja もっと読む | 続きを読む | 関連記事はこちら
    zh 更多阅读 | 更多閱讀 | 另见 | 另見 | 请看 | 看更多
    ko 함께 보기 | 함께 읽기 | 더 보기
    vi xem thêm | đọc thêm | xem ngay
    th อ่านเพิ่มเติม | อ่านต่อ | ดูเพิ่มเติม
    hi यह भी पढ़ें | ये भी पढ़ें | इसे भी पढ़ें
    bn আরও পড়ুন | আরো পড়ুন
    fa بیشتر بخوانید | همچنین بخوانید
    he קראו גם | ראו גם
    ur یہ بھی پڑھیں
    fil basahin din
    sw soma pia
    """
)
"""Headings of references to other articles that also stand amid the text."""

RELATED = folded(RELATED_BY_LANGUAGE)
SEE_ALSO = folded(SEE_ALSO_BY_LANGUAGE)
