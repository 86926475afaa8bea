"""The verbs of notices: planned, moved, cancelled, sent; and how a person wants to be reached."""

from lms.notices.actions.erasing import forget_notices
from lms.notices.actions.merging import take_over_notices
from lms.notices.actions.planning import BatchDone, BatchPlan, cancel_batch, cancel_notice, move_batch, plan_batch
from lms.notices.actions.retention import forget_ended_notices
from lms.notices.actions.rules import ChannelClosed, NoAddress, set_contact_rule
from lms.notices.actions.sending import queue_due_notices, send_notice, settle_lost_notices

__all__ = [
    "BatchDone",
    "BatchPlan",
    "ChannelClosed",
    "NoAddress",
    "cancel_batch",
    "cancel_notice",
    "forget_ended_notices",
    "forget_notices",
    "move_batch",
    "plan_batch",
    "queue_due_notices",
    "send_notice",
    "set_contact_rule",
    "settle_lost_notices",
    "take_over_notices",
]
