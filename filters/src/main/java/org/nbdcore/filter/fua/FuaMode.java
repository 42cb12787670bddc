package org.nbdcore.filter.fua;

/** How force unit access is carried out. */
enum FuaMode {
  /** It is offered and ignored, and so is flush. */
  DISCARD,
  /** Nothing is changed. */
  PASS,
  /** It is not offered. */
  NONE,
  /** By a flush after the request. */
  EMULATE,
  /** By the layer below. */
  NATIVE,
  /** Every request is treated as if it asked for it. */
  FORCE
}
