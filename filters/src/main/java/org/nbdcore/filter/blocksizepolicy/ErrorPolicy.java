package org.nbdcore.filter.blocksizepolicy;

/** What happens to a request that does not obey the block sizes. */
enum ErrorPolicy {
  /** It is passed on. */
  ALLOW,
  /** It is refused, unless only its length is odd because the disk ends there. */
  ERROR,
  /** It is refused. */
  STRICT_ERROR
}
