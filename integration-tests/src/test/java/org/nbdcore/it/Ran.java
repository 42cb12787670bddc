package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/**
 * A program that has run.
 *
 * @param command what was run
 * @param status its exit status; 128 and the signal's number if one ended it
 * @param out what it printed
 * @param err what it printed to standard error
 */
record Ran(List<String> command, int status, String out, String err) {

  /** Fails unless the status is 0. */
  Ran succeeded() {
    assertThat(status).as("exit status of%n%s", this).isZero();
    return this;
  }

  /** What it printed, without the last end of line. */
  String line() {
    return out.stripTrailing();
  }

  @Override
  public String toString() {
    return String.join(" ", command)
        + "\nexit status "
        + status
        + "\nstandard output:\n"
        + out
        + "standard error:\n"
        + err;
  }
}
