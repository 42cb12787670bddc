package org.nbdcore.cli;

/**
 * The version of the program. If it was started under the name nbdkit, it reports nbdkit's version,
 * and its own version in addition.
 *
 * @param program the name under which it was started
 */
record ProgramVersion(String program) {

  /** The name that programs look for which start nbdkit. */
  private static final String NBDKIT = "nbdkit";

  /** The nbdkit whose manuals docs/compatibility.md compares with; virt-v2v asks for 1.45.11. */
  private static final String LEVEL = "1.48.1";

  /** Our own, as in the jar's manifest; classes that run outside of a jar are {@code 0.0.0}. */
  static String own() {
    String version = ProgramVersion.class.getPackage().getImplementationVersion();
    return version == null ? "0.0.0" : version;
  }

  /** Whether it replaces nbdkit. */
  boolean asNbdkit() {
    return program.equals(NBDKIT);
  }

  /** The folder's name below {@code /etc/pki} and the like. */
  String folder() {
    return asNbdkit() ? NBDKIT : "nbd-core";
  }

  /** The number that the program gives as its own. */
  String number() {
    return asNbdkit() ? LEVEL : own();
  }

  /** The number of a plugin or filter: what comes with the program has the program's. */
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
