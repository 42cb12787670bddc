package org.nbdcore.vsphere;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Waits for a task of the server. */
final class Task {

  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  private Task() {}

  /** Waits for the end of a task. Returns the object that the task created, if any. */
  static Optional<MoRef> await(VsphereClient client, String what, MoRef task, Duration limit)
      throws IOException {
    Properties properties = new Properties(client);
    long end = System.nanoTime() + limit.toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      Properties.Found found = properties.of(task, "info.state", "info.error", "info.result");
      String state = found.get("info.state").text();
      if (state.equals("success")) {
        return found.get("info.result").ref();
      }
      if (state.equals("error")) {
        throw failure(what, task, found.get("info.error"));
      }
      if (System.nanoTime() - end >= 0) {
        throw new VsphereException(what + " has not ended within " + limit.toSeconds() + " s");
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new VsphereException("interrupted while waiting for " + what, e);
      }
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
    }
  }

  private static VsphereFaultException failure(String what, MoRef task, XmlNode error) {
    String fault =
        error.find("fault").map(XmlNode::type).filter(type -> !type.isEmpty()).orElse("Fault");
    return VsphereFaultException.of(what, task, fault, error.string("localizedMessage").orElse(""));
  }
}
