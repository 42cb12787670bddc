package org.nbdcore.it;

import java.util.List;

/**
 * A fuzz target of another module's tests.
 *
 * @param module its folder
 * @param className its class
 * @param corpus where its inputs are; null for a program that needs no Jazzer
 */
record FuzzTarget(String module, String className, String corpus) {

  /** All there are; docs/fuzzing.md says what each reads. */
  static final List<FuzzTarget> ALL =
      List.of(
          jazzer("nbd-core", "server.HandshakeFuzz", "handshake"),
          jazzer("nbd-core", "server.RequestsFuzz", "requests"),
          jazzer("nbd-client", "client.ServerFuzz", "server"),
          jazzer("filters", "filter.common.ImageFuzz", "image"),
          jazzer("vmdk-format", "vmdk.DiskFuzz", "disk"),
          jazzer("vmdk-format", "vmdk.DescriptorFuzz", "descriptor"),
          jazzer("nbd-cli", "cli.CommandLineFuzz", "command-line"),
          jazzer("nfc", "nfc.HostFuzz", "host"),
          jazzer("vsphere-client", "vsphere.ApiFuzz", "api"),
          new FuzzTarget("nfc", "org.nbdcore.nfc.NfcRepliesFuzz", null),
          new FuzzTarget("vsphere-client", "org.nbdcore.vsphere.SoapRepliesFuzz", null));

  private static FuzzTarget jazzer(String module, String name, String corpus) {
    return new FuzzTarget(
        module, "org.nbdcore." + name, module + "/src/test/resources/corpus/" + corpus);
  }

  String simpleName() {
    return className.substring(className.lastIndexOf('.') + 1);
  }

  @Override
  public String toString() {
    return className;
  }
}
