package org.nbdcore.metrics;

/** The version of nbd-core. */
final class MetricsVersion {

  private MetricsVersion() {}

  /** The version of the jar; {@code 0.0.0} in a build without one. */
  static String own() {
    String version = MetricsVersion.class.getPackage().getImplementationVersion();
    return version == null ? "0.0.0" : version;
  }
}
