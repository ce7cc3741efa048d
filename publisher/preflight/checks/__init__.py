"""PURE. The functions behind the names of publisher.checklist."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from publisher.preflight.checks import headers, items, links, look, pictures, size, words
from publisher.preflight.finding import Faults
from publisher.preflight.mail import Mail

DONE_BY: Mapping[str, Callable[[Mail], Faults]] = MappingProxyType(
    {
        "html-size": size.html_size,
        "message-size": size.message_size,
        "unsubscribe-shown": size.unsubscribe_shown,
        "postal-address-shown": size.postal_address_shown,
        "reason-shown": size.reason_shown,
        "unsubscribe-in-text": size.unsubscribe_in_text,
        "web-version": size.web_version,
        "message-form": headers.message_form,
        "line-length": headers.line_length,
        "header-line-length": headers.header_line_length,
        "list-unsubscribe": headers.list_unsubscribe,
        "one-click-https": headers.one_click_https,
        "freemail-sender": headers.freemail_sender,
        "no-reply-sender": headers.no_reply_sender,
        "date-in-the-future": headers.date_in_the_future,
        "subject-missing": headers.subject_missing,
        "subject-length": headers.subject_length,
        "subject-shouting": headers.subject_shouting,
        "preheader-missing": headers.preheader_missing,
        "preheader-is-subject": headers.preheader_is_subject,
        "spam-score": headers.spam_score,
        "dead-link": links.dead_link,
        "relative-link": links.relative_link,
        "unsafe-link": links.unsafe_link,
        "http-link": links.http_link,
        "local-link": links.local_link,
        "shortened-link": links.shortened_link,
        "deceiving-link": links.deceiving_link,
        "link-text": links.link_text,
        "tracking": links.tracking,
        "alt-missing": pictures.alt_missing,
        "alt-empty": pictures.alt_empty,
        "alt-file-name": pictures.alt_file_name,
        "dead-picture": pictures.dead_picture,
        "picture-weight": pictures.picture_weight,
        "picture-size": pictures.picture_size,
        "picture-format": pictures.picture_format,
        "picture-data": pictures.picture_data,
        "picture-inside": pictures.picture_inside,
        "picture-outside": pictures.picture_outside,
        "text-beside-pictures": pictures.text_beside_pictures,
        "contrast-light": look.contrast_light,
        "contrast-dark": look.contrast_dark,
        "dark-scheme": look.dark_scheme,
        "font-size": look.font_size,
        "too-wide": look.too_wide,
        "remote-style": look.remote_style,
        "style-size": look.style_size,
        "forbidden-element": look.forbidden_element,
        "headings": look.headings,
        "table-role": look.table_role,
        "left-over-placeholder": words.left_over_placeholder,
        "left-over-mjml": words.left_over_mjml,
        "left-over-markup": words.left_over_markup,
        "filler-text": words.filler_text,
        "language": words.language,
        "direction": words.direction,
        "document-title": words.document_title,
        "duplicate-item": items.duplicate_item,
        "same-title": items.same_title,
        "item-of-earlier-issue": items.item_of_earlier_issue,
        "no-items": items.no_items,
        "text-part-missing": items.text_part_missing,
        "parts-differ": items.parts_differ,
    }
)
"""What does each check, by its name."""
