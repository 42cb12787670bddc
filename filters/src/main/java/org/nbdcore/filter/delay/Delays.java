package org.nbdcore.filter.delay;

/** How long each operation waits, in nanoseconds, and whether a fast zero does. */
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
