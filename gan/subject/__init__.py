"""What does a style show: a garment, whose cloth is meant, a scene, whose layout matters, or cloth?"""

from gan.subject.judge import LinearJudge, Subject, look_at

__all__ = ["LinearJudge", "Subject", "look_at"]
