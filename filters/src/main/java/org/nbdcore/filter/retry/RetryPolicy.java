package org.nbdcore.filter.retry;

/**
 * How often and when to retry.
 *
 * @param retries number of retries after the first attempt
 * @param delayNanos before the first retry
 * @param exponential whether the delay doubles from retry to retry
 * @param readOnly whether the disk is reopened for reading only
 */
record RetryPolicy(int retries, long delayNanos, boolean exponential, boolean readOnly) {

  /** Nanoseconds to wait after {@code failures} failures of an operation; may be 0. */
  long delayAfter(int failures) {
    if (failures <= 0) {
      return 0;
    }
    int doublings = exponential ? failures - 1 : 0;
    if (doublings > Long.numberOfLeadingZeros(delayNanos) - 2) {
      return Long.MAX_VALUE / 2; // longer than any client waits
    }
    return delayNanos << doublings;
  }
}
