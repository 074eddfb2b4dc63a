"""The ledger's front desk: evidence of every act, provable to anyone, without personal content.

Append inside the transaction of the act; ``sequence`` runs on its own a moment later and signs the new tree head.
"""

from chengxin.ledger.audit import Audit, Problem, check
from chengxin.ledger.entries import Draft, append, append_many, erase, erase_under
from chengxin.ledger.exports import export
from chengxin.ledger.leaves import LeafTooLarge, NotCanonical, PersonalContent
from chengxin.ledger.proofs import NotIntegrated, consistency, entry_at, inclusion, index_of, payloads, proof
from chengxin.ledger.sequencer import latest_checkpoint, origin, sequence, vkey

__all__ = [
    "Audit",
    "Draft",
    "LeafTooLarge",
    "NotCanonical",
    "NotIntegrated",
    "PersonalContent",
    "Problem",
    "append",
    "append_many",
    "check",
    "consistency",
    "entry_at",
    "erase",
    "erase_under",
    "export",
    "inclusion",
    "index_of",
    "latest_checkpoint",
    "origin",
    "payloads",
    "proof",
    "sequence",
    "vkey",
]
