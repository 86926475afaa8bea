"""A certificate that nobody was given, to see a look by: everything on it is as long as it may become.

Whoever checks it learns that it is not ours: its address was never given out, and nobody signed its statement.
"""

import hashlib
from datetime import date

from lms.certificates.models import Certificate, CertificateDesign, CertificateKind
from lms.certificates.signing import record_of
from lms.common.codes import encode_id
from lms.people.models import Organisation

# Sixty letters; and a title that takes four lines before it shrinks.
NAME = "Нурбүбү-Жыпаркүл Өмүрзакова-Төлөгөнова Мырзабек-Ажы кызы Үңү"
TITLES = {
    "ky": (
        "Жергиликтүү кеңештердин депутаттары, айыл өкмөттөрүнүн кызматкерлери жана коомдук уюмдардын өкүлдөрү үчүн "
        "гендердик теңчилик, коомдук көзөмөл жана бюджеттик угууларды өткөрүү боюнча машыктыруучуларды даярдоонун "
        "биринчи, тажрыйбага негизделген модулу: укуктар, жоопкерчилик жана ачык-айкын башкаруу"
    ),
    "ru": (
        "Гендерное равенство, общественный контроль и проведение бюджетных слушаний для депутатов местных кенешей, "
        "сотрудников айыл окмоту и представителей общественных организаций: первый практический модуль подготовки "
        "тренеров о правах, ответственности и открытом управлении на местах"
    ),
    "en": (
        "Gender equality, public oversight and budget hearings for deputies of local councils, staff of village "
        "administrations and representatives of public organisations: the first practical module of the training of "
        "trainers about rights, responsibility and open government close to the people"
    ),
}
# As many bytes as a signed statement has: the QR is as dense as a real one.
STATEMENT_BYTES = 150
DAY = date(2026, 11, 24)


def specimen_of(*, organisation: Organisation, design: CertificateDesign, language: str) -> Certificate:
    """Not saved, for a holder who learned in `language`; the same each time."""
    noise = hashlib.shake_256(b"specimen").digest(16 + STATEMENT_BYTES)
    module = {"code": "M1", "hours": "16", "titles": TITLES, "objectives": {}}
    return Certificate(
        public_id=encode_id(noise[:16]),
        kind=CertificateKind.PARTICIPANT,
        organisation=organisation,
        design=design,
        claims=record_of(
            organisation=organisation, modules=[module], level="participant", languages=["ky", "ru"], issued_on=DAY
        ),
        language=language,
        statement=noise[16:],
    )
