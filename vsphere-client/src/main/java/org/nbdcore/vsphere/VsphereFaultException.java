package org.nbdcore.vsphere;

/** The server rejected a call with a fault. */
public final class VsphereFaultException extends VsphereException {
  private static final long serialVersionUID = 1;

  private final String fault;

  VsphereFaultException(String fault, String message) {
    super(message);
    this.fault = fault;
  }

  /** Returns the fault's name in the API, for example {@code InvalidLogin}. */
  public String fault() {
    return fault;
  }

  /** Returns the message for a fault: the call and its object, the server's text, and a hint. */
  static VsphereFaultException of(String call, MoRef object, String fault, String text) {
    StringBuilder message =
        new StringBuilder(call).append(" of ").append(object).append(": ").append(fault);
    if (!text.isEmpty()) {
      message.append(": ").append(Text.printable(text));
    }
    String remedy = remedy(fault);
    if (!remedy.isEmpty()) {
      message.append("; ").append(remedy);
    }
    return new VsphereFaultException(fault, message.toString());
  }

  private static String remedy(String fault) {
    return switch (fault) {
      case "InvalidLogin" -> "check the user name and the password";
      case "NotAuthenticated" -> "the session has ended; log in again";
      case "NoPermission" ->
          "give the user the privileges for reading disks (Provisioning: disk random access)";
      case "ManagedObjectNotFound" -> "the object has been removed, or the reference is wrong";
      case "InvalidPowerState", "InvalidState" ->
          "the virtual machine's power state does not allow this";
      case "HostNotConnected" -> "the ESXi host is disconnected from vCenter";
      case "RestrictedByAdministrator", "RestrictedVersion" ->
          "the host's license or administrator forbids this";
      case "TooManyTickets", "OutOfBounds" -> "too many sessions are open";
      default -> "";
    };
  }
}
