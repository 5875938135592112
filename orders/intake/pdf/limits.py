"""What a process that looks at a stranger's PDF may take."""

import resource

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 15


def limit() -> None:
    """Give up all that reading a purchase order does not need."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
