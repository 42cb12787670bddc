package org.nbdcore.cli;

/**
 * The version of the program. If it was started under the name nbdkit, it reports nbdkit's version,
 * and its own version in addition.
 *
 * @param program the name under which it was started
 */
record ProgramVersion(String program) {

  /** The name of nbdkit's program. Programs that start nbdkit search for it. */
  private static final String NBDKIT = "nbdkit";

  /**
   * The nbdkit version of the comparison in docs/compatibility.md. virt-v2v requires at least
   * 1.45.11.
   */
  private static final String LEVEL = "1.48.1";

  /** Our own, as in the jar's manifest; classes that run outside of a jar are {@code 0.0.0}. */
  static String own() {
    String version = ProgramVersion.class.getPackage().getImplementationVersion();
    return version == null ? "0.0.0" : version;
  }

  /** True if the program was started under the name nbdkit. */
  boolean asNbdkit() {
    return program.equals(NBDKIT);
  }

  /** The folder's name below {@code /etc/pki} and the like. */
  String folder() {
    return asNbdkit() ? NBDKIT : "nbd-core";
  }

  /** The version that the program reports. */
  String number() {
    return asNbdkit() ? LEVEL : own();
  }

  /** The version of a plugin or filter. Those of nbd-core have the version of the program. */
  String of(String provider) {
    return asNbdkit() && provider.equals(own()) ? LEVEL : provider;
  }

  /** The first line of {@code --version}. */
  String line() {
    return program + " " + number() + (asNbdkit() ? " (nbd-core " + own() + ")" : "");
  }

  /** The major (0), minor (1) or micro (2) number. */
  int part(int index) {
    String[] parts = number().split("[.-]");
    return index < parts.length ? Integer.parseInt(parts[index]) : 0;
  }
}
