"""The certificate on paper and on the screen: words, drawing, files."""

from lms.certificates.rendering.answers import DETAILS, FULL, STATE, answer_of
from lms.certificates.rendering.badge import baked_png, baked_svg
from lms.certificates.rendering.closing import people_without_certificate
from lms.certificates.rendering.credential import credential_of
from lms.certificates.rendering.files import drop_pdf, keep_pdf, kept_pdfs, paper_name, read_pdf
from lms.certificates.rendering.judgement import REASONS, judgement_shown, licence_at_rest, plain
from lms.certificates.rendering.messenger import messenger_picture
from lms.certificates.rendering.openapi import PROBLEM_TYPE, openapi_document
from lms.certificates.rendering.panels import on_organisation
from lms.certificates.rendering.paper import draw_certificate, file_name, public_address, show_certificate
from lms.certificates.rendering.remedies import Lack, Remedies, renewal_remedies, sessions_to_mend
from lms.certificates.rendering.reminders import words_of_licences
from lms.certificates.rendering.results import (
    LAST_SIGN_LEFT_OUT,
    MOST_ON_PAPER,
    Answer,
    counted_states,
    draw_result,
    lines_of,
    result_line,
    said_of,
    sealed_result,
)
from lms.certificates.rendering.signatures import words_of_signatories, words_of_signatures
from lms.certificates.rendering.specimen import NAME as SPECIMEN_NAME
from lms.certificates.rendering.specimen import specimen_of
from lms.certificates.rendering.telling import address_of_own, sentence_for_holder, words_of_changes
from lms.certificates.rendering.transfers import certificate_here
from lms.certificates.rendering.verdict import (
    LAST_SIGN,
    LEFT_OUT,
    VerdictPage,
    answered_page,
    busy_page,
    sentence_of,
    verdict_page,
    way_back_of,
)
from lms.certificates.rendering.verifier import verifier_context, verifier_files, web_manifest
from lms.certificates.rendering.webhooks import digest_of, message_body, panel_of_webhooks, words_of_webhooks
from lms.certificates.rendering.words import described

__all__ = [
    "DETAILS",
    "FULL",
    "LAST_SIGN",
    "LAST_SIGN_LEFT_OUT",
    "LEFT_OUT",
    "MOST_ON_PAPER",
    "PROBLEM_TYPE",
    "REASONS",
    "SPECIMEN_NAME",
    "STATE",
    "Answer",
    "Lack",
    "Remedies",
    "VerdictPage",
    "address_of_own",
    "answer_of",
    "answered_page",
    "baked_png",
    "baked_svg",
    "busy_page",
    "certificate_here",
    "counted_states",
    "credential_of",
    "described",
    "digest_of",
    "draw_certificate",
    "draw_result",
    "drop_pdf",
    "file_name",
    "judgement_shown",
    "keep_pdf",
    "kept_pdfs",
    "licence_at_rest",
    "lines_of",
    "message_body",
    "messenger_picture",
    "on_organisation",
    "openapi_document",
    "panel_of_webhooks",
    "paper_name",
    "people_without_certificate",
    "plain",
    "public_address",
    "read_pdf",
    "renewal_remedies",
    "result_line",
    "said_of",
    "sealed_result",
    "sentence_for_holder",
    "sentence_of",
    "sessions_to_mend",
    "show_certificate",
    "specimen_of",
    "verdict_page",
    "verifier_context",
    "verifier_files",
    "way_back_of",
    "web_manifest",
    "words_of_changes",
    "words_of_licences",
    "words_of_signatories",
    "words_of_signatures",
    "words_of_webhooks",
]
