package org.nbdcore.filter.exportname;

/** The exports to list for clients. */
enum ListMode {
  /** Those of the layer below. */
  KEEP,
  /** None; asking for them is an error. */
  ERROR,
  /** None. */
  EMPTY,
  /** The default one. */
  DEFAULTONLY,
  /** The exports that the user has given. */
  EXPLICIT
}
