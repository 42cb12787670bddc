package org.nbdcore.plugin.curl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;

/** Parameters that are refused at the start, and their error messages. */
final class ParametersTest {

  private static final String URL = "url=http://localhost/disk";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "url=ftp://localhost/disk | url must begin with http:// or https://, not ftp:, which is not"
            + " supported",
        "url=file:///disk | url must be of the form http://HOST/PATH, not file:///disk",
        "url=localhost/disk | url must be of the form http://HOST/PATH, not localhost/disk",
        "url=http://localhost:65536/disk | url must have a port up to 65535, not 65536",
        "url=http://local host/disk | url is not a URL: Illegal character in authority",
      })
  void aUrlThatCannotBeFetchedIsRefused(String parameter, String message) {
    assertThatThrownBy(() -> StartedDisk.create(Map.of(), parameter))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "connections=0 | connections must be",
        "http-version=3 | http-version 3 is not supported; it must be 1.1, or none, which means"
            + " 1.1",
        "http-version=4 | http-version must be none or 1.1, not 4",
        "ipresolve=v5 | ipresolve must be",
        "header=no colon | header must be 'Name: value', 'Name:' or 'Name;'",
        "header=a b: c | header must be 'Name: value', 'Name:' or 'Name;'",
        "header-script-renew=5 | header-script-renew needs header-script",
        "cookie-script-renew=5 | cookie-script-renew needs cookie-script",
        "protocols=https | protocols does not allow http, which url=http://localhost/disk needs",
        "protocols=a b | protocols must be names separated by commas, such as http,https",
        "proxy=https://proxy | proxy must be reached by http:// or socks5://, not https:, which is"
            + " not supported",
        "proxy=a b:c | proxy must be [http://|socks5://]HOST[:PORT]",
        "proxy-cainfo=x | proxy-cainfo is for proxies over https",
        "proxy-capath=x | proxy-capath is for proxies over https",
        "resolve=host:80 | resolve must be HOST:PORT:ADDRESS or -HOST:PORT, not host:80",
        "resolve=host:80:name | resolve must end with an address such as 192.0.2.1 or"
            + " [2001:db8::1], not host:80:name",
        "ssl-version=sslv3 | ssl-version must be",
        "ssl-cipher-list=ECDHE-RSA-AES128-GCM-SHA256:RC4-MD5 | ssl-cipher-list names the cipher"
            + " RC4-MD5, which Java does not have",
        "tls13-ciphers=TLS_X | tls13-ciphers names the cipher TLS_X, which Java does not have",
      })
  void errorNamesTheInvalidValueAndWhatIsAllowed(String parameter, String message) {
    assertThatThrownBy(() -> StartedDisk.create(Map.of(), URL, parameter))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://alice:s3cret@local host/disk",
        "http://alice:s3 cret@localhost/disk",
        "http://alice:s3cret@localhost:port/disk",
        "http://alice:s3cret@/disk",
        "http://alice:s3cret@[::1/disk",
        "http://alice:s3cret/@?s3cret@local host",
        "http:/alice:s3cret@localhost/disk",
        "alice:s3cret@localhost/disk",
        "http://alice:%zz@local host/disk?s3cret",
        "http://local host/disk?token=s3cret",
        "http://local host/disk?user=a@s3cret",
      })
  void errorForAMalformedUrlDoesNotShowThePassword(String url) {
    assertThatThrownBy(() -> StartedDisk.create(Map.of(), "url=" + url))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("url ")
        .satisfies(
            failure -> {
              StringWriter trace = new StringWriter();
              failure.printStackTrace(new PrintWriter(trace));
              assertThat(trace.toString()).doesNotContain("s3cret").doesNotContain("s3 cret");
            });
  }

  @Test
  void anAddressIsShownWithoutPassword() throws Exception {
    assertThat(WebAddress.parse("http://alice:s3cret@localhost/disk?s3cret"))
        .hasToString("http://localhost/disk?...");
    assertThat(WebAddress.shown(URI.create("http://alice:s3cret@localhost/disk?s3cret")))
        .isEqualTo("http://...@localhost/disk?...");
  }

  @Test
  void conflictingParametersAreRefused() {
    assertThatThrownBy(() -> StartedDisk.create(Map.of(), URL, "header=A: b", "header-script=x"))
        .hasMessage("header cannot be combined with header-script");
    assertThatThrownBy(() -> StartedDisk.create(Map.of(), URL, "cookie=a=b", "cookie-script=x"))
        .hasMessage("cookie cannot be combined with cookie-script");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"resolve=h:1:[::1]", "resolve=+h:1:10.0.0.1,10.0.0.2", "proxy=[::1]:3128"})
  void validValuesAreAccepted(String parameter) throws ConfigException {
    assertThat(StartedDisk.create(Map.of(), URL, parameter)).isNotNull();
  }

  @Test
  void urlIsTheMagicKeyAndCredentialsAreSecret() {
    assertThat(CurlParameters.ALL)
        .filteredOn(Parameter::isMagic)
        .extracting(Parameter::key)
        .containsExactly("url");
    assertThat(CurlParameters.ALL)
        .filteredOn(Parameter::isSecret)
        .extracting(Parameter::key)
        .containsExactly("cookie", "header", "password", "proxy-password");
  }
}
