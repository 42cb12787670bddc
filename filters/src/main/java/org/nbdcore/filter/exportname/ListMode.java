package org.nbdcore.filter.exportname;

/** The exports to list for clients. */
enum ListMode {
  /** The exports of the layer below. */
  KEEP,
  /** No exports; a request for the list fails. */
  ERROR,
  /** No exports. */
  EMPTY,
  /** The default export. */
  DEFAULTONLY,
  /** The exports that the user has given. */
  EXPLICIT
}
