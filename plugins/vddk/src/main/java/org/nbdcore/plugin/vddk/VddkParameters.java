package org.nbdcore.plugin.vddk;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Secret;

/**
 * The parameters of the plugin. It has all those of nbdkit-vddk-plugin(1), under the same names.
 */
final class VddkParameters {

  /** An IPv6 address has more colons than one, or brackets. */
  private static final Pattern NAME_AND_PORT = Pattern.compile("(?:[^:]*|\\[.*\\]):(\\d+)");

  static final Parameter<String> FILE =
      Parameter.string(
              "file",
              "The disk: the absolute path of a local VMDK file, or '[datastore] vm/vm.vmdk' on"
                  + " the server.")
          .placeholder("FILENAME")
          .magic();

  static final Parameter<Wildcard> EXPORT =
      Parameter.of(
          "export",
          "WILDCARD",
          "Serve the file that the client names as its export, if it matches this pattern. Write "
              + "\\[ for [. Remote disks only.",
          Wildcard::of);

  static final Parameter<Path> LIBDIR =
      Parameter.path("libdir", "Folder of the unpacked VDDK, vmware-vix-disklib-distrib.")
          .map(VddkParameters::existingFolder);

  static final Parameter<Path> CONFIG =
      Parameter.path("config", "VDDK's own configuration file (log level, timeouts, buffers).")
          .placeholder("FILENAME");

  static final Parameter<String> SERVER =
      text("server", "HOSTNAME", "Name or address of the vCenter or ESXi host.")
          .map(VddkParameters::withoutPort);

  static final Parameter<String> USER = text("user", "USERNAME", "User name for the login.");

  static final Parameter<Secret> PASSWORD =
      Parameter.password("password", "Password for the login; prefer +FILE or -FD.");

  static final Parameter<Secret> COOKIE =
      text(
              "cookie",
              "COOKIE",
              "The vmware_soap_session cookie of an existing session, used to log in.")
          .map(Secret::new)
          .secret();

  static final Parameter<String> THUMBPRINT =
      text(
          "thumbprint",
          "XX:XX:...",
          "SHA-1 thumbprint of the server's certificate, 20 pairs of hexadecimal digits.");

  static final Parameter<String> VM =
      text(
          "vm",
          "moref=ID|uuid=ID|/PATH|NAME",
          "Virtual machine: managed object reference, BIOS UUID, inventory path or name.");

  static final Parameter<String> DISK =
      text(
          "disk",
          "N|key=K|unit=U",
          "Disk of the virtual machine, instead of file=: counted from 1, by the device's key, or"
              + " by its number on the controller.");

  static final Parameter<String> SNAPSHOT =
      text(
          "snapshot",
          "MOREF|NAME|create",
          "Snapshot to read, by its managed object reference or name; create: take a snapshot and"
              + " remove it at the end.");

  static final Parameter<Boolean> SNAPSHOT_QUIESCE =
      Parameter.bool(
              "snapshot-quiesce",
              "With snapshot=create, quiesce the guest before the snapshot. Default false.")
          .defaultValue(false);

  static final Parameter<String> CHANGED_SINCE =
      text(
          "changed-since",
          "CHANGEID|FILE",
          "Earlier state to compare with: a change ID, or a file that change-id-file wrote.");

  static final Parameter<Boolean> CHANGED_ONLY =
      Parameter.bool(
              "changed-only",
              "Report ranges that have not changed since changed-since as holes. Default false.")
          .defaultValue(false);

  static final Parameter<Path> CHANGE_ID_FILE =
      Parameter.path(
              "change-id-file", "File for the change IDs of the served state, for the next copy.")
          .placeholder("FILENAME");

  static final Parameter<Long> PORT =
      Parameter.integer("port", 0, 65535, "Port of the vCenter or ESXi host. Default 443.")
          .placeholder("PORT");

  static final Parameter<Long> NFCHOSTPORT =
      Parameter.integer("nfchostport", 0, 65535, "Port for NFC connections to ESXi. Default 902.")
          .placeholder("PORT");

  static final Parameter<String> TRANSPORTS =
      text(
          "transports",
          "MODE:MODE:...",
          "Transports to try, in order: file, san, hotadd, nbdssl, nbd.");

  static final Parameter<String> COMPRESSION =
      Parameter.choice(
              "compression",
              OpenFlags.COMPRESSIONS,
              "Compression between VDDK and the server. Default none.")
          .defaultValue("none");

  static final Parameter<Boolean> SINGLE_LINK =
      Parameter.bool("single-link", "Open only the topmost link, without its parents.")
          .defaultValue(false);

  static final Parameter<Path> WITHIN =
      Parameter.path(
              "within",
              "Serve a local disk without VDDK, and open only files that lie in this folder,"
                  + " even if a descriptor names others.")
          .placeholder("DIR");

  static final Parameter<Boolean> UNBUFFERED =
      Parameter.bool("unbuffered", "Bypass the host's cache.").defaultValue(false);

  static final Parameter<Boolean> CREATE =
      Parameter.bool("create", "Create a local VMDK file of create-size, and serve it.")
          .defaultValue(false);

  static final Parameter<Long> CREATE_SIZE =
      Parameter.size("create-size", "Virtual size of the new disk, a multiple of 512.")
          .map(VddkParameters::wholeSectors);

  static final Parameter<String> CREATE_TYPE =
      Parameter.choice(
              "create-type",
              CreateValues.TYPES,
              "Format of the new disk. Default monolithic-sparse.")
          .defaultValue("monolithic-sparse");

  static final Parameter<String> CREATE_ADAPTER_TYPE =
      Parameter.choice(
              "create-adapter-type",
              CreateValues.ADAPTERS,
              "Adapter of the new disk. Default scsi-buslogic.")
          .defaultValue("scsi-buslogic");

  static final Parameter<Integer> CREATE_HWVERSION =
      Parameter.of(
              "create-hwversion",
              "NAME|N",
              "Virtual hardware of the new disk: "
                  + String.join(", ", CreateValues.HW_VERSIONS.keySet())
                  + " or a number. Default workstation5.",
              CreateValues::hwVersion)
          .defaultValue(CreateValues.HW_VERSIONS.get("workstation5"));

  static final Parameter<Long> MAX_REQUEST =
      Parameter.size("max-request", "Largest read or write in one call of VDDK. Default 2M.")
          .map(VddkParameters::wholeSectors)
          .map(size -> limited(size, PerformanceOptions.MAX_REQUEST_LIMIT))
          .defaultValue(PerformanceOptions.MAX_REQUEST);

  static final Parameter<Long> IN_FLIGHT =
      Parameter.size(
              "in-flight", "Bytes in flight to one disk, for all clients together. Default 32M.")
          .map(VddkParameters::wholeSectors)
          .defaultValue(PerformanceOptions.IN_FLIGHT);

  static final Parameter<Long> HANDLES =
      Parameter.integer(
              "handles",
              1,
              PerformanceOptions.HANDLES_LIMIT,
              "Number of VDDK handles for reads of each client; a writable disk has 1. Default 1.")
          .placeholder("N")
          .defaultValue(1L);

  static final Parameter<Boolean> EXTENTS_HANDLE =
      Parameter.bool(
              "extents-handle",
              "Query extents on a separate handle, so that reads do not wait. Default false.")
          .defaultValue(false);

  static final Parameter<String> LOADING =
      Parameter.choice(
          "loading",
          LoadMode.WORDS,
          "How VDDK finds its own libraries: preload them, restart the program with "
              + "LD_LIBRARY_PATH (reexec), or do nothing. Default preload, with reexec as the "
              + "fallback.");

  static final Parameter<String> ENGINE =
      Parameter.choice(
              "engine",
              EngineChoice.WORDS,
              "Engine for a remote disk: VMware's library (vddk), nbd-core's own client (nfc),"
                  + " nbd-core's reader of the datastore's files (https), or the library if it is"
                  + " installed and otherwise the client (auto). Default auto.")
          .defaultValue("auto");

  static final Parameter<Boolean> PREFLIGHT =
      Parameter.bool(
              "preflight",
              "Test the server's name, ports and certificate before VDDK connects, and name the "
                  + "step that fails. Default true.")
          .defaultValue(true);

  static final Parameter<String> VIMAPIVER =
      text("vimapiver", "APIVER", "Ignored; older versions of nbdkit's plugin accepted it.");

  static final List<Parameter<?>> ALL =
      List.of(
          FILE,
          EXPORT,
          LIBDIR,
          CONFIG,
          SERVER,
          USER,
          PASSWORD,
          COOKIE,
          THUMBPRINT,
          VM,
          DISK,
          SNAPSHOT,
          SNAPSHOT_QUIESCE,
          CHANGED_SINCE,
          CHANGED_ONLY,
          CHANGE_ID_FILE,
          PORT,
          NFCHOSTPORT,
          TRANSPORTS,
          COMPRESSION,
          SINGLE_LINK,
          WITHIN,
          UNBUFFERED,
          CREATE,
          CREATE_SIZE,
          CREATE_TYPE,
          CREATE_ADAPTER_TYPE,
          CREATE_HWVERSION,
          MAX_REQUEST,
          IN_FLIGHT,
          HANDLES,
          EXTENTS_HANDLE,
          PREFLIGHT,
          ENGINE,
          LOADING,
          VIMAPIVER);

  private VddkParameters() {}

  /** A text parameter that VDDK receives as a C string. */
  private static Parameter<String> text(String key, String form, String help) {
    return Parameter.of(key, form, help, VddkParameters::noNul);
  }

  private static String noNul(String text) throws ConfigException {
    if (text.indexOf('\0') >= 0) {
      throw new ConfigException("must not contain a NUL character");
    }
    return text;
  }

  private static Path existingFolder(Path folder) throws ConfigException {
    if (!Files.isDirectory(folder)) {
      throw new ConfigException(
          "must be the folder of an unpacked VDDK, not '"
              + folder
              + "', which "
              + (Files.exists(folder) ? "is not a folder" : "does not exist"));
    }
    return folder;
  }

  /**
   * Refuses a port in the name, because VDDK has a separate parameter for it and cannot resolve
   * such a name.
   */
  private static String withoutPort(String server) throws ConfigException {
    Matcher withPort = NAME_AND_PORT.matcher(server);
    if (withPort.matches()) {
      throw new ConfigException(
          "must be a name or address without a port, not '"
              + server
              + "': use port="
              + withPort.group(1));
    }
    return server;
  }

  private static Long limited(Long size, long limit) throws ConfigException {
    if (size > limit) {
      throw new ConfigException("must be at most " + limit + ", not " + size);
    }
    return size;
  }

  private static Long wholeSectors(Long size) throws ConfigException {
    if (size == 0 || size % VddkSectors.SIZE != 0) {
      throw new ConfigException("must be a multiple of 512 above 0, not " + size);
    }
    return size;
  }
}
