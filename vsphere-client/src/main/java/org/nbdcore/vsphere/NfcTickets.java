package org.nbdcore.vsphere;

import java.io.IOException;
import java.util.Optional;

/** Requests tickets for reading and writing disks on port 902. */
public final class NfcTickets {

  /** A ticket issued by the server. */
  public static final class Ticket {

    private static final int LARGEST_PORT = 65_535;

    private final String host;
    private final int port;
    private final String thumbprint;
    private final String service;
    private final String sessionId;

    Ticket(XmlNode node, String loginHost) throws VsphereException {
      host = node.string("host").filter(text -> !text.isEmpty()).orElse(loginHost);
      port = node.integer("port");
      thumbprint = node.string("sslThumbprint").filter(text -> !text.isEmpty()).orElse(null);
      service = node.need("service");
      sessionId = node.need("sessionId");
      if (port < 1 || port > LARGEST_PORT) {
        throw new VsphereException("the server issued a ticket for the port " + port);
      }
      for (String field : new String[] {host, thumbprint, service, sessionId}) {
        if (field != null && (field.isEmpty() || field.chars().anyMatch(c -> c < ' '))) {
          throw new VsphereException(
              "the server issued a ticket with an empty field or a control character");
        }
      }
    }

    /** Returns the host to connect to. */
    public String host() {
      return host;
    }

    /** Returns the port to connect to. */
    public int port() {
      return port;
    }

    /** Returns the thumbprint of the host's certificate, if the server supplies it. */
    public Optional<String> thumbprint() {
      return Optional.ofNullable(thumbprint);
    }

    /** Returns the service to request from authd. */
    public String service() {
      return service;
    }

    /** Returns the secret by which the host identifies the ticket. */
    public String sessionId() {
      return sessionId;
    }
  }

  private final VsphereClient client;

  NfcTickets(VsphereClient client) {
    this.client = client;
  }

  /** Requests a ticket for reading the disks of a machine. */
  public Ticket forReading(MoRef machine) throws IOException {
    MoRef service = service();
    return ticket(client.call(() -> new Call("NfcGetVmFiles", service).ref("vm", machine)));
  }

  /** Requests a ticket for writing one disk of a machine. */
  public Ticket forWriting(MoRef machine, int diskKey, MoRef host) throws IOException {
    MoRef service = service();
    return ticket(
        client.call(
            () ->
                new Call("NfcRandomAccessOpenDisk", service)
                    .ref("vm", machine)
                    .number("diskDeviceKey", diskKey)
                    .ref("hostForAccess", host)));
  }

  /** Returns the host's version of the disk protocol; 0 if the host is too old to report one. */
  public int libraryVersion(MoRef host) throws IOException {
    MoRef service = service();
    try {
      return client
          .call(() -> new Call("NfcGetServerNfcLibVersion", service).ref("hostForAccess", host))
          .integer("returnval");
    } catch (VsphereFaultException e) {
      if (e.fault().equals("InvalidRequest") || e.fault().equals("MethodNotFound")) {
        return 0;
      }
      throw e;
    }
  }

  private Ticket ticket(XmlNode answer) throws VsphereException {
    XmlNode node =
        answer
            .find("returnval")
            .orElseThrow(() -> new VsphereException("the server issued no ticket"));
    return new Ticket(node, client.host());
  }

  private MoRef service() throws IOException {
    try {
      return client
          .call(() -> new Call("RetrieveInternalContent", VsphereClient.serviceInstance()))
          .needRef("returnval", "nfcService");
    } catch (VsphereFaultException e) {
      if (e.fault().equals("NotAuthenticated") || e.fault().equals("NoPermission")) {
        throw e;
      }
      // the usual names, if the server does not supply them
      return new MoRef("NfcService", client.isVcenter() ? "nfcService" : "ha-nfc-service");
    }
  }
}
