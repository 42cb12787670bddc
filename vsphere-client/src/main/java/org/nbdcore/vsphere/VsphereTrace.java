package org.nbdcore.vsphere;

/** Receives one line for each call and its answer. Use it to find out how a real server differs. */
@FunctionalInterface
public interface VsphereTrace {
  /** Called from several threads. The line never contains a password, a session or a ticket. */
  void call(String line);
}
