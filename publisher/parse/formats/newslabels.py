"""PURE. The words of captions, credits and bylines in news texts, and those of a page's buttons.

Tables as in publisher.parse.formats.newswords; a word of any language counts in every text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from publisher.parse.formats.newswords import by_language, folded

_CAPTION = by_language(
    """
    id ilustrasi | foto | gambar | keterangan foto | foto ilustrasi
    en photo | file photo | picture | pictured | image | illustration | caption
    ar صورة | الصورة | صورة أرشيفية
    de bild | symbolbild | symbolfoto | abbildung | archivbild | archivfoto
    fr photo d'archives | photo d'illustration | image d'illustration | légende
    es imagen | fotografía | ilustración | foto de archivo | pie de foto
    pt imagem | ilustração | legenda | foto de arquivo
    nl afbeelding | beeld | illustratie
    it nella foto | nell'immagine | foto d'archivio
    tr fotoğraf | görsel
    ru фото | иллюстрация | на фото | снимок | на снимке
    uk ілюстрація | на знімку
    pl na zdjęciu | zdjęcie | zdjęcie ilustracyjne
    cs ilustrační foto | ilustrační snímek | na snímku
    hr ilustracija
    ro imagine ilustrativă
    hu képünk illusztráció
    el στη φωτογραφία | φωτογραφία αρχείου
    sv arkivbild | genrebild
    da arkivfoto | genrefoto
    nb illustrasjonsfoto
    fi kuvituskuva | arkistokuva
    ja 写真 | 画像
    zh 图片 | 图为 | 圖片 | 圖為 | 配图
    ko 사진
    vi ảnh minh họa
    th ภาพประกอบ
    """
)
_CAPTION_WITH_COLON = by_language(
    """
    en in the picture | in this photo
    fr photo | sur la photo
    pl fot | foto
    cs foto | snímek
    it foto | immagine
    ro foto
    hu fotó | kép
    el φωτογραφία | φωτό | εικόνα
    sv foto | bild
    fi kuva
    vi ảnh | hình
    th ภาพ
    hi फोटो | तस्वीर
    fa عکس | تصویر
    he צילום | תמונה | בתמונה
    """
)
_CREDIT = by_language(
    """
    en photo | photos | photograph | picture | image | images | illustration | source | credit
       | courtesy | graphic
    id foto | gambar | ilustrasi | dok | sumber | kredit
    ar صورة | تصوير | المصدر | الصورة
    de bild | bildquelle | quelle | bildnachweis | fotos
    fr crédit | crédits | crédit photo | photographie
    es crédito | fuente | imagen | fotografía | cortesía | créditos
    pt imagem | fonte | reprodução | divulgação
    it fonte | immagine | credito | credits
    nl foto's | beeld | bron
    tr fotoğraf | kaynak
    ru фото | источник
    uk джерело
    pl fot | zdjęcie | źródło
    cs zdroj | snímek
    hr izvor | snimio | snimila
    sr извор
    bg снимка | източник
    ro sursa | sursă | sursa foto
    hu fotó | forrás | kép
    el φωτογραφία | φωτό | πηγή
    sv fotograf | källa
    da kilde
    nb kilde
    fi kuva | kuvat | lähde
    et allikas
    ja 写真 | 撮影 | 提供 | 画像 | 出典
    zh 图 | 图片来源 | 来源 | 摄 | 圖 | 圖片來源 | 來源 | 攝 | 图源 | 供图
    ko 사진 | 사진제공 | 사진 제공 | 출처
    vi ảnh | nguồn
    th ภาพ | ที่มา
    hi फोटो | स्रोत
    bn ছবি | সূত্র
    fa عکس | منبع
    he צילום | קרדיט
    fil larawan
    sw picha
    """
)
_AGENCIES = (
    "getty|getty images|afp|reuters|ap photo|ap|epa|epa-efe|dpa|antara|antara foto|shutterstock"
    "|istockphoto|istock|unsplash|pixabay|pexels|depositphotos|adobe stock|alamy|wikimedia"
    "|wikimedia commons|picture alliance|imago|imago images|istimewa|xinhua|tass|тасс|риа новости"
    "|уніан|укрінформ|anadolu|kyodo|lusa|efe|anp|belga|bernama|yonhap|pap|čtk|ctk|tasr|ansa"
    "|lapresse|mti|agerpres|hina|tanjug|απε-μπε|eurokinissi|ntb|ritzau|lehtikuva|stt|apa|keystone"
    "|ttxvn|رويترز|أ ف ب|الأناضول|연합뉴스|뉴시스|뉴스1"
)

BYLINE = (
    "oleh|redaksi|redaktion|redacción|redação|redazione|redakcja|redaction|penulis|reporter|wartawan|by|von|par|por|door|di|yazan|haber|автор|текст|autor|tekst"
    "|από|του|av|af|kirjoittanut|بقلم|كتب|文|作者|記者|记者|tác giả|โดย|مؤلف|נכתב על ידי"
)
"""Words that begin the line with the writer's name, as alternatives of a regular expression."""


def _either(table: Mapping[str, tuple[str, ...]]) -> str:
    words = {word for told in table.values() for word in told}
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))


CAPTION = _either(_CAPTION)
"""Words that begin a caption, as alternatives of a regular expression."""

CAPTION_WITH_COLON = _either(_CAPTION_WITH_COLON)
"""Words that begin one with a colon behind them, and other sentences without."""

CREDIT = _either(_CREDIT)
"""Words that begin a credit, as alternatives of a regular expression."""

AGENCIES = rf"(?<!\w)(?:{_AGENCIES})(?!\w)|新华社|新華社|共同|時事"
"""Who is named behind a picture, as alternatives of a regular expression."""

_NOISE = by_language(
    """
    en advertisement | advertising | sponsored | scroll to continue with content | share
       | share this | share this article | share on | follow us | tweet | facebook | twitter | x
       | whatsapp | telegram | instagram | linkedin | pinterest | reddit | line | youtube | tiktok
       | email | e-mail | copy link | print | comment | comments | no comments | leave a comment
       | join the conversation | subscribe | sign up | load more | back to top
       | listen to this article | ends | end | more
    id iklan | bagikan | bagikan artikel ini | bagikan berita ini | salin tautan | cetak | komentar
       | tulis komentar | ikuti kami | halaman selanjutnya | selengkapnya
    ms kongsi | kongsikan | kongsi artikel ini | komen | ulasan | ikuti kami di
    ar إعلان | شارك | مشاركة | شارك المقال | تعليقات | التعليقات | أضف تعليقا | اترك تعليقا | طباعة
       | تابعونا | انتهى
    de anzeige | werbung | teilen | artikel teilen | drucken | kommentar | kommentare
       | kommentar schreiben | merken | zur startseite | ende | schluss | folgen sie uns
    fr publicité | partager | partager l'article | partager cet article | imprimer | commentaire
       | commentaires | commenter | réagir | s'abonner | suivez-nous | fin de l'article
    es publicidad | compartir | comparte | compartir artículo | comentario | comentarios | imprimir
       | guardar | síguenos | suscríbete
    pt publicidade | compartilhar | compartilhe | partilhar | partilhe | comentário | comentários
       | imprimir | siga-nos | assine | continua depois da publicidade
    nl advertentie | delen | deel dit artikel | deel | reactie | reacties | reageer | afdrukken
       | volg ons
    it pubblicità | condividi | condividi l'articolo | commento | commenti | commenta | stampa
       | seguici | riproduzione riservata | fine
    tr reklam | paylaş | yorum | yorumlar | yorum yap | yazdır | bizi takip edin
    ru реклама | поделиться | поделитесь | комментарий | комментарии | комментариев | комментировать
       | печать | распечатать | подписаться | подписывайтесь
    uk реклама | поділитися | коментарі | коментар | друкувати | підписатися
    pl reklama | udostępnij | komentarz | komentarze | komentarzy | skomentuj | drukuj | podziel się
       | koniec
    cs reklama | sdílet | sdílejte | komentář | komentáře | komentářů | diskuse | vytisknout | tisk
       | konec
    sk zdieľať | komentáre | diskusia | vytlačiť
    sl oglas | deli | komentarji
    hr podijeli | komentari | oglas
    sr подели | коментари | podeli
    bg сподели | коментари
    ro publicitate | distribuie | comentarii | printează
    hu hirdetés | megosztás | megosztom | hozzászólás | hozzászólások | nyomtatás
    el διαφήμιση | κοινοποίηση | μοιραστείτε | σχόλια | σχόλιο | εκτύπωση
    sv annons | dela | kommentar | kommentarer | skriv ut | dela artikeln
    da annonce | del | del artiklen | kommentarer | udskriv
    nb annonse | del | kommentarer | skriv ut
    fi mainos | jaa | kommentit | kommentoi | tulosta
    et reklaam | jaga | kommentaarid
    lv reklāma | dalīties | komentāri
    lt reklama | dalintis | komentarai
    ja 広告 | シェア | シェアする | ツイート | コメント | コメントする | 印刷 | おわり | 終わり
    zh 广告 | 廣告 | 分享 | 分享到 | 评论 | 評論 | 留言 | 打印 | 列印 | 完 | 收藏 | 点赞
       | 点击查看更多
    ko 광고 | 공유 | 공유하기 | 댓글 | 댓글 쓰기 | 인쇄 | 끝 | 구독하기 | 좋아요
    vi quảng cáo | chia sẻ | bình luận | in bài | lưu bài | theo dõi chúng tôi
    th โฆษณา | แชร์ | แสดงความคิดเห็น | ความคิดเห็น
    hi विज्ञापन | शेयर करें | साझा करें | टिप्पणियां | टिप्पणी
    bn বিজ্ঞাপন | শেয়ার করুন | মন্তব্য
    fa تبلیغات | اشتراک گذاری | نظرات | چاپ | انتهای پیام
    he פרסומת | שתפו | תגובות | הדפסה
    ur اشتہار | شیئر کریں | تبصرے
    """
)
NOISE = folded(_NOISE)
"""Lines left over from a page: buttons, advertisements, counters' labels, signs of the end."""

RIGHTS = re.compile(
    r"all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos"
    r" reservados|todos os direitos reservados|tutti i diritti riservati|alle rechten voorbehouden"
    r"|hak cipta dilindungi|hak cipta terpelihara|tüm hakları saklıdır|все права защищены"
    r"|wszelkie prawa zastrzeżone|všechna práva vyhrazena|με επιφύλαξη παντός δικαιώματος"
    r"|جميع الحقوق محفوظة|무단\s?전재|無断転載|版权所有|版權所有|转载请注明|未经授权"
    r"|[（(【\[]?(?:责任编辑|責任編輯|责编|編輯|编辑)\s*[:：]",
    re.IGNORECASE,
)
"""Lines about who may copy a text, and who put it on the page."""

FLAGS = folded(
    by_language(
        """
        en breaking | breaking news | urgent | exclusive | flash | just in | developing
        id breaking news | mendesak | eksklusif
        de eilmeldung | eil | exklusiv
        fr urgent | exclusif | flash
        es urgente | última hora | exclusiva
        pt urgente | última hora | exclusivo
        it urgente | ultim'ora | esclusiva
        tr son dakika | acil
        ru срочно | молния
        uk терміново
        pl pilne
        ar عاجل
        ja 速報
        zh 快讯 | 快訊 | 突发
        ko 속보 | 긴급
        """
    )
)
"""Lines before a headline that say only how new it is."""

PROMPT = re.compile(
    r"(?:tags?|topik|etiquetas|palabras clave|schlagwörter|schlagworte|mots[- ]clés|метки|теги"
    r"|ключевые слова|parole chiave|etiketler|słowa kluczowe|klíčová slova|trefwoorden"
    r"|palavras-chave|关键词|關鍵詞|标签|標籤|タグ|태그|الكلمات المفتاحية|คำค้น|từ khóa)\s*[:：].*"
    r"|.*(?:click here|klik di sini|klik disini|klik sini|hier klicken|cliquez ici|haz clic aquí"
    r"|clique aqui|clicca qui|klik hier|tıklayın|нажмите здесь|kliknij tutaj|klikněte zde"
    r"|google news|google berita)\W*",
    re.IGNORECASE,
)
"""Lines of keywords, and those that ask to press something."""
