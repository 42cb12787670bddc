package org.nbdcore.filter.delay;

/** How long each operation is held back, in nanoseconds. */
record Delays(
    long read,
    long write,
    long zero,
    long trim,
    long extents,
    long cache,
    long open,
    long close,
    boolean fastZero) {}
