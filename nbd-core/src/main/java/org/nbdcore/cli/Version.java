package org.nbdcore.cli;

/** Which version of the program this is. */
final class Version {

  private Version() {}

  /** As in the jar's manifest; classes that run outside of a jar are {@code 0.0.0}. */
  static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "0.0.0" : version;
  }

  /** The major (0), minor (1) or micro (2) number. */
  static int part(int index) {
    String[] parts = text().split("[.-]");
    return index < parts.length ? Integer.parseInt(parts[index]) : 0;
  }
}
