"""How hard the laws are tried: see README.md."""

import os
import signal

from hypothesis import HealthCheck, settings

# The gate tries the same examples every time, so that a red run means a change and not the dice. To explore, set
# HYPOTHESIS_PROFILE=explore: other examples every time, and many more of them.
settings.register_profile(
    "gate", derandomize=True, deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("lines", settings.get_profile("gate"), max_examples=15)  # enough to reach them all
settings.register_profile("quick", settings.get_profile("gate"), max_examples=5)  # on further interpreters
settings.register_profile("explore", deadline=None, max_examples=2000, suppress_health_check=list(HealthCheck))
os.environ["GLASSGRAD_CACHE"] = "off"  # what is compiled here is tried here, and leaves nothing in anybody's home
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))

# Started in the background, a program ignores Ctrl-C; some tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
