package org.nbdcore.metrics;

/** The version of nbd-core. */
final class Version {

  private Version() {}

  /** The version of the jar; {@code 0.0.0} in a build without one. */
  static String own() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "0.0.0" : version;
  }
}
