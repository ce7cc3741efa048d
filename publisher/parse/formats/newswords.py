"""PURE. The words by which news texts of many languages set off what is not the article.

All in small letters (`casefold`), without a closing colon. A word of any language
counts in every text: newsrooms mix them, and none of these begins a paragraph of its own.
"""

from __future__ import annotations

RELATED = frozenset(
    line.strip()
    for line in """
    related
    related article
    related articles
    related content
    related links
    related news
    related stories
    related topics
    recommended
    recommended for you
    more on this story
    more stories
    more news
    you may also like
    you might also like
    most read
    trending
    berita terkait
    berita lainnya
    berita terkini
    berita populer
    artikel terkait
    artikel lainnya
    terkait
    topik terkait
    baca berita lainnya
    berita berkaitan
    artikel berkaitan
    rekomendasi
    rekomendasi untuk anda
    مواضيع ذات صلة
    مواضيع مرتبطة
    أخبار ذات صلة
    اخبار ذات صلة
    مقالات ذات صلة
    ذات صلة
    اقرأ المزيد
    قد يهمك
    verwandte artikel
    verwandte themen
    ähnliche artikel
    weitere artikel
    weiterlesen
    mehr zum thema
    lesen sie auch
    à lire aussi
    a lire aussi
    lire aussi
    articles liés
    articles associés
    sur le même sujet
    dans la même rubrique
    noticias relacionadas
    artículos relacionados
    contenido relacionado
    temas relacionados
    también te puede interesar
    le puede interesar
    notícias relacionadas
    artigos relacionados
    matérias relacionadas
    conteúdo relacionado
    veja também
    leia também
    leia mais
    gerelateerd
    gerelateerde artikelen
    gerelateerd nieuws
    meer nieuws
    meer over dit onderwerp
    ilgili haberler
    ilgili yazılar
    benzer haberler
    diğer haberler
    по теме
    материалы по теме
    читайте также
    похожие материалы
    ещё по теме
    関連記事
    関連ニュース
    あわせて読みたい
    こちらもおすすめ
    おすすめ記事
    相关新闻
    相关阅读
    相关报道
    相關新聞
    相關閱讀
    延伸阅读
    延伸閱讀
    推荐阅读
    관련기사
    관련 기사
    """.splitlines()
    if line.strip()
)
"""Headings of what follows the article: from here to the end nothing is of it."""

SEE_ALSO = frozenset(
    {
        "baca juga",
        "lihat juga",
        "simak juga",
        "baca selengkapnya",
        "read also",
        "also read",
        "see also",
        "read more",
        "اقرأ أيضا",
        "اقرأ أيضًا",
        "siehe auch",
        "auch interessant",
        "voir aussi",
        "lea también",
        "vea también",
        "lee también",
        "veja mais",
        "lees ook",
        "lees meer",
        "zie ook",
        "ayrıca bakınız",
        "bunlar da ilginizi çekebilir",
        "смотрите также",
        "см. также",
        "もっと読む",
        "続きを読む",
        "更多阅读",
        "함께 보기",
    }
)
"""Headings of references to other articles that also stand amid the text."""

CAPTION = (
    "ilustrasi|foto|gambar|keterangan foto|photo|file photo|picture|pictured|image|illustration"
    "|caption|صورة|الصورة|bild|symbolbild|abbildung|archivbild|imagen|fotografía|ilustración"
    "|imagem|ilustração|legenda|afbeelding|beeld|illustratie|fotoğraf|görsel|фото|иллюстрация"
    "|на фото|снимок|写真|画像|图片|图为|圖片|圖為|配图|사진"
)
"""Words that begin a caption, as alternatives of a regular expression."""

CREDIT = (
    "foto|photo|photos|photograph|picture|image|images|gambar|ilustrasi|illustration|dok|sumber"
    "|source|credit|courtesy|صورة|تصوير|المصدر|bild|bildquelle|quelle|crédit|crédits|crédito"
    "|fuente|imagen|imagem|fonte|foto's|beeld|bron|fotoğraf|kaynak|фото|источник|写真|撮影|提供"
    "|图|图片来源|来源|摄|圖|사진"
)
"""Words that begin a credit, as alternatives of a regular expression."""

AGENCIES = (
    r"\b(?:getty|getty images|afp|reuters|ap photo|ap|epa|epa-efe|dpa|antara|antara foto"
    r"|shutterstock|istockphoto|unsplash|istimewa|xinhua|tass|тасс|риа новости|anadolu|kyodo|lusa"
    r"|efe|anp|bernama|yonhap|رويترز|أ ف ب)\b|新华社|新華社|共同|時事"
)
"""Who is named behind a picture, as alternatives of a regular expression."""

BYLINE = "oleh|penulis|reporter|by|von|par|por|door|yazan|автор|بقلم|كتب|文|作者|記者|记者"
"""Words that begin the line with the writer's name, as alternatives of a regular expression."""

NOISE = frozenset(
    {
        "advertisement",
        "scroll to continue with content",
        "iklan",
        "anzeige",
        "publicité",
        "publicidad",
        "publicidade",
        "advertentie",
        "reklam",
        "реклама",
        "広告",
        "广告",
        "إعلان",
        "share",
        "share this",
        "share this article",
        "bagikan",
        "bagikan artikel ini",
        "teilen",
        "partager",
        "compartir",
        "compartilhar",
        "delen",
        "paylaş",
        "kongsi",
        "поделиться",
        "シェア",
        "分享",
        "شارك",
        "tweet",
        "facebook",
        "twitter",
        "whatsapp",
        "telegram",
        "copy link",
        "salin tautan",
        "print",
        "cetak",
        "comment",
        "comments",
        "no comments",
        "leave a comment",
        "komentar",
        "kommentare",
        "commentaires",
        "comentarios",
        "comentários",
        "reacties",
        "yorumlar",
        "комментарии",
        "コメント",
        "评论",
        "تعليقات",
    }
)
"""Lines left over from a page: buttons, advertisements, counters' labels."""
