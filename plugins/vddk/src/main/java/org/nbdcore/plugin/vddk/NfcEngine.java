package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.Optional;
import org.nbdcore.nfc.NfcCompression;
import org.nbdcore.nfc.NfcDisk;
import org.nbdcore.nfc.NfcOptions;
import org.nbdcore.nfc.NfcTicket;
import org.nbdcore.nfc.NfcTransport;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CounterSink;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.vsphere.MoRef;
import org.nbdcore.vsphere.NfcTickets;
import org.nbdcore.vsphere.VirtualMachine;

/**
 * Serves disks of a vCenter or ESXi host without VDDK. For each open disk it gets a ticket from the
 * API and connects to port 902 of the ESXi host.
 */
final class NfcEngine implements Engine {

  private final VddkConfig config;
  private final RemoteLogin login;
  private final Log log;
  private final RemoteMachine machine;
  private final NfcOptions options;
  private final NfcCalls calls = new NfcCalls();

  NfcEngine(VddkConfig config, RemoteMachine machine, Log log) throws IOException {
    this.config = config;
    this.login = config.login().orElseThrow();
    this.log = log;
    this.machine = machine;
    options = options(config, log).withLibraryVersion(libraryVersion());
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

  private int libraryVersion() throws IOException {
    Optional<MoRef> host = machine.machine().host();
    return host.isPresent() ? machine.vsphere().nfcTickets().libraryVersion(host.get()) : 0;
  }

  @Override
  public void counters(CounterSink sink) {
    calls.report(sink);
  }

  /** Opens a disk on a connection of its own. A snapshot is never written. */
  @Override
  public BlockDevice open(String path, OpenRequest request) throws IOException {
    boolean readOnly = request.readOnly() || machine.snapshot().isPresent();
    NfcTickets.Ticket ticket =
        readOnly
            ? machine.vsphere().nfcTickets().forReading(machine.machine().ref())
            : ticketForWriting(path);
    NfcTicket made = ticket(ticket);
    NfcDisk disk =
        calls.count(NfcCalls.Kind.OPEN, () -> NfcDisk.open(made, options, path, readOnly));
    log.debug("nfc: opened '" + path + "' on " + ticket.host() + ", " + disk.size() + " bytes");
    return new NfcDevice(disk, config.singleLink(), calls);
  }

  private NfcTickets.Ticket ticketForWriting(String path) throws IOException {
    // queried again, because the machine may have moved to another host
    VirtualMachine now = machine.vsphere().inventory().machine(machine.machine().ref());
    MoRef host = now.host().orElseThrow(() -> new IOException(now.ref() + " runs on no host"));
    return machine.vsphere().nfcTickets().forWriting(now.ref(), machine.diskWith(path).key(), host);
  }

  private NfcTicket ticket(NfcTickets.Ticket ticket) throws IOException {
    String thumbprint = ticket.thumbprint().or(login::thumbprint).orElseThrow();
    NfcTicket made = NfcTicket.of(ticket.host(), ticket.service(), ticket.sessionId(), thumbprint);
    return made.withPort(login.nfcHostPort().orElse(ticket.port()));
  }
}
