package org.nbdcore.vsphere;

/**
 * Receives one line for each call and its answer, for finding out what differs on a real server.
 */
@FunctionalInterface
public interface VsphereTrace {
  /** Called from several threads. The line never contains a password, a session or a ticket. */
  void call(String line);
}
