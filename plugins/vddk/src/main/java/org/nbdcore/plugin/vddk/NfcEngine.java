package org.nbdcore.plugin.vddk;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.nbdcore.nfc.NfcCompression;
import org.nbdcore.nfc.NfcDisk;
import org.nbdcore.nfc.NfcOptions;
import org.nbdcore.nfc.NfcTicket;
import org.nbdcore.nfc.NfcTransport;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Log;
import org.nbdcore.vsphere.Inventory;
import org.nbdcore.vsphere.MoRef;
import org.nbdcore.vsphere.NfcTickets;
import org.nbdcore.vsphere.VirtualDisk;
import org.nbdcore.vsphere.VirtualMachine;
import org.nbdcore.vsphere.VsphereClient;
import org.nbdcore.vsphere.VsphereOptions;

/**
 * Disks of a vCenter or ESXi host without VDDK: a login to the API for tickets, and a connection to
 * port 902 of the ESXi host for each disk that is open.
 */
final class NfcEngine implements Closeable {

  /** A session of the API ends after half an hour without a call. */
  private static final Duration KEEP_ALIVE = Duration.ofMinutes(5);

  private final VddkConfig config;
  private final RemoteLogin login;
  private final Log log;
  private final VsphereClient vsphere;
  private final MoRef machine;
  private final NfcOptions options;
  private final Thread keepAlive;

  private NfcEngine(VddkConfig config, Log log, VsphereClient vsphere) throws IOException {
    this.config = config;
    this.login = config.login().orElseThrow();
    this.log = log;
    this.vsphere = vsphere;
    machine = vsphere.inventory().find(login.vm());
    VirtualMachine found = vsphere.inventory().machine(machine);
    log.debug(
        "nfc: "
            + vsphere.about()
            + ": "
            + machine
            + " is '"
            + found.name()
            + "', "
            + found.powerState());
    options = options(config, log).withLibraryVersion(libraryVersion(found));
    keepAlive = new Thread(this::keepAlive, "vddk-keep-alive");
    keepAlive.setDaemon(true);
  }

  /** Logs in and finds the machine. */
  static NfcEngine start(VddkConfig config, Log log) throws IOException {
    RemoteLogin login = config.login().orElseThrow();
    VsphereClient vsphere = VsphereClient.connect(vsphereOptions(login, config, log));
    try {
      NfcEngine engine = new NfcEngine(config, log, vsphere);
      engine.keepAlive.start();
      return engine;
    } catch (IOException | RuntimeException | Error e) {
      vsphere.close();
      throw e;
    }
  }

  private static VsphereOptions vsphereOptions(RemoteLogin login, VddkConfig config, Log log)
      throws IOException {
    String thumbprint =
        login
            .thumbprint()
            .orElseThrow(
                () -> new IOException("thumbprint= is missing (see THUMBPRINTS in docs/vddk.md)"));
    VsphereOptions options =
        VsphereOptions.of(login.server()).withPort(login.apiPort()).withThumbprint(thumbprint);
    if (config.debug().nfc()) {
      options = options.withTrace(line -> log.debug("api: " + line));
    }
    if (login.cookie().isPresent()) {
      return options.withSession(login.cookie().get().reveal());
    }
    char[] password = login.password().chars();
    try {
      return options.withLogin(login.user(), password);
    } finally {
      java.util.Arrays.fill(password, '\0');
    }
  }

  private static NfcOptions options(VddkConfig config, Log log) throws IOException {
    NfcOptions options =
        NfcOptions.defaults()
            .withTransport(transport(config))
            .withCompression(compression(config.openFlags()));
    return config.debug().nfc() ? options.withTrace(line -> log.debug("nfc: " + line)) : options;
  }

  /** The first transport of the user's list that this engine has. */
  private static NfcTransport transport(VddkConfig config) throws IOException {
    if (config.transports().isEmpty()) {
      return NfcTransport.NBDSSL;
    }
    String words = config.transports().get();
    for (String word : words.split(":")) {
      switch (word) {
        case "nbdssl" -> {
          return NfcTransport.NBDSSL;
        }
        case "nbd" -> {
          return NfcTransport.NBD;
        }
        default -> {}
      }
    }
    throw new IOException(
        "transports="
            + words
            + " names neither nbdssl nor nbd, which is all that works without VDDK");
  }

  private static NfcCompression compression(int flags) {
    if ((flags & OpenFlags.COMPRESSION_ZLIB) != 0) {
      return NfcCompression.ZLIB;
    }
    if ((flags & OpenFlags.COMPRESSION_FASTLZ) != 0) {
      return NfcCompression.FASTLZ;
    }
    return (flags & OpenFlags.COMPRESSION_SKIPZ) != 0 ? NfcCompression.SKIPZ : NfcCompression.NONE;
  }

  private int libraryVersion(VirtualMachine found) throws IOException {
    return found.host().isPresent() ? vsphere.nfcTickets().libraryVersion(found.host().get()) : 0;
  }

  /** Opens a disk on a connection of its own. */
  BlockDevice open(String path, boolean readOnly) throws IOException {
    NfcTickets.Ticket ticket =
        readOnly ? vsphere.nfcTickets().forReading(machine) : ticketForWriting(path);
    NfcDisk disk = NfcDisk.open(ticket(ticket), options, path, readOnly);
    log.debug("nfc: opened '" + path + "' on " + ticket.host() + ", " + disk.size() + " bytes");
    return new NfcDevice(disk, config.singleLink());
  }

  private NfcTickets.Ticket ticketForWriting(String path) throws IOException {
    VirtualMachine found = vsphere.inventory().machine(machine);
    List<VirtualDisk> disks = found.disks();
    VirtualDisk disk =
        Inventory.diskWith(path, disks)
            .orElseThrow(
                () ->
                    new IOException(
                        "'"
                            + path
                            + "' is no disk of "
                            + machine
                            + "; it has "
                            + String.join(", ", disks.stream().map(VirtualDisk::file).toList())));
    MoRef host = found.host().orElseThrow(() -> new IOException(machine + " is on no host"));
    return vsphere.nfcTickets().forWriting(machine, disk.key(), host);
  }

  private NfcTicket ticket(NfcTickets.Ticket ticket) throws IOException {
    String thumbprint = ticket.thumbprint().or(login::thumbprint).orElseThrow();
    NfcTicket made = NfcTicket.of(ticket.host(), ticket.service(), ticket.sessionId(), thumbprint);
    return made.withPort(login.nfcHostPort().orElse(ticket.port()));
  }

  private void keepAlive() {
    try {
      while (true) {
        Thread.sleep(KEEP_ALIVE.toMillis());
        try {
          vsphere.keepAlive();
        } catch (IOException e) {
          log.debug("nfc: " + e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  @Override
  public void close() {
    keepAlive.interrupt();
    vsphere.close();
  }
}
