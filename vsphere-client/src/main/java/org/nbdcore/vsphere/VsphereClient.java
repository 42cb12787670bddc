package org.nbdcore.vsphere;

import java.io.Closeable;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * A session with a vCenter or ESXi host. Thread-safe. If the server has ended the session, the next
 * call logs in again, provided that the client has a password.
 */
public final class VsphereClient implements Closeable {

  private static final MoRef SERVICE_INSTANCE = new MoRef("ServiceInstance", "ServiceInstance");

  private final SoapTransport transport;
  private final VsphereOptions options;
  private final XmlNode content;

  /** Serializes renewals of the session. */
  private final Object renewing = new Object();

  private boolean closed;

  private VsphereClient(SoapTransport transport, VsphereOptions options, XmlNode content) {
    this.transport = transport;
    this.options = options;
    this.content = content;
  }

  /**
   * Connects and logs in.
   *
   * @throws VsphereFaultException with the fault {@code InvalidLogin} if the server refuses the
   *     login
   * @throws VsphereException if the server cannot be reached, presents another certificate or is
   *     not a vSphere server
   */
  public static VsphereClient connect(VsphereOptions options) throws IOException {
    VsphereOptions own = options.own();
    try {
      return connect(new SoapTransport(own));
    } catch (IOException | RuntimeException e) {
      own.wipe();
      throw e;
    }
  }

  /** Logs in over a transport. */
  static VsphereClient connect(SoapTransport transport) throws IOException {
    VsphereOptions options = transport.options();
    XmlNode content = transport.send(new Call("RetrieveServiceContent", SERVICE_INSTANCE));
    XmlNode found =
        content
            .find("returnval")
            .orElseThrow(() -> new VsphereException("the server tells nothing about itself"));
    found
        .string("about", "apiVersion")
        .filter(VsphereClient::isVersion)
        .ifPresent(transport::version);
    VsphereClient client = new VsphereClient(transport, options, found);
    if (options.user() != null) {
      client.login();
    } else if (options.cookie() == null) {
      throw new IllegalArgumentException("a user and password, or a session, are needed to log in");
    }
    return client;
  }

  private static boolean isVersion(String text) {
    return text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){1,3}");
  }

  private void login() throws IOException {
    transport.forgetSession();
    Call login = new Call("Login", content.needRef("sessionManager"));
    login.string("userName", options.user()).string("password", options.password());
    transport.send(login);
  }

  /**
   * Sends a call. If the session has ended, logs in again and repeats the call once.
   *
   * @param call creates the call; invoked again for the repetition
   */
  XmlNode call(Supplier<Call> call) throws IOException {
    String session = transport.session();
    try {
      return transport.send(call.get());
    } catch (VsphereFaultException e) {
      if (!e.fault().equals("NotAuthenticated") || options.user() == null) {
        throw e;
      }
      renew(session);
      return transport.send(call.get());
    }
  }

  /** Logs in again, unless another thread has already done so. */
  void renew(String dead) throws IOException {
    synchronized (renewing) {
      if (closed) {
        throw new VsphereException("the client is closed");
      }
      if (options.user() == null) {
        throw new VsphereException("the session has ended, and there is no password to renew it");
      }
      String now = transport.session();
      if (now == null || now.equals(dead)) {
        options.trace("the session has ended: logging in again");
        login();
      }
    }
  }

  /** Returns true for a vCenter, false for a standalone host. */
  public boolean isVcenter() {
    return content.string("about", "apiType").orElse("").equals("VirtualCenter");
  }

  /**
   * Returns the server's full name, for example {@code VMware vCenter Server 8.0.1 build-21560480}.
   */
  public String about() {
    return Text.printable(content.string("about", "fullName").orElse(""));
  }

  /** Returns the session's secret, for use as a cookie elsewhere. */
  public String session() {
    return transport.session();
  }

  /** Keeps the session alive. Logs in again if the session has ended. */
  public void keepAlive() throws IOException {
    call(() -> new Call("CurrentTime", SERVICE_INSTANCE));
  }

  /** Machines and their disks. */
  public Inventory inventory() {
    return new Inventory(this);
  }

  /** Snapshots of machines. */
  public Snapshots snapshots() {
    return new Snapshots(this);
  }

  /** Which blocks have changed. */
  public ChangeTracking changeTracking() {
    return new ChangeTracking(this);
  }

  /** Tickets for the disk protocol. */
  public NfcTickets nfcTickets() {
    return new NfcTickets(this);
  }

  /** Files on datastores. */
  public DatastoreFiles files() {
    return new DatastoreFiles(this, transport);
  }

  /** Returns the host that this client logs in to. */
  String host() {
    return options.server();
  }

  /** Returns an object that the server named in its service content. */
  MoRef service(String name) throws VsphereException {
    return content.needRef(name);
  }

  /** Returns the root of the API, from which this client gets all other objects. */
  static MoRef serviceInstance() {
    return SERVICE_INSTANCE;
  }

  /** Logs out if this client has logged in, and wipes the password. Closing again does nothing. */
  @Override
  public void close() {
    synchronized (renewing) {
      if (closed) {
        return;
      }
      closed = true;
      try {
        if (options.user() != null && transport.session() != null) {
          transport.send(new Call("Logout", content.needRef("sessionManager")));
        }
      } catch (IOException e) {
        options.trace("logout: " + e.getMessage());
      } finally {
        options.wipe();
        transport.forgetSession();
      }
    }
  }
}
