package org.nbdcore.plugin.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.Secret;

/**
 * The examples of "Authenticating Requests: Using the Authorization Header" in Amazon's reference
 * of the S3 API.
 */
final class AwsSignatureTest {

  private static final AwsAccount ACCOUNT =
      new AwsAccount(
          "AKIAIOSFODNN7EXAMPLE",
          new Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
          Optional.empty(),
          "us-east-1");

  private static Map<String, String> headers(String body) {
    Map<String, String> headers = new HashMap<>();
    headers.put("host", "examplebucket.s3.amazonaws.com");
    headers.put("x-amz-date", "20130524T000000Z");
    headers.put("x-amz-content-sha256", AwsSignature.sha256(body.getBytes(StandardCharsets.UTF_8)));
    return headers;
  }

  private static String signed(String method, String path, String query, Map<String, String> with) {
    return AwsSignature.authorization(ACCOUNT, method, path, query, with);
  }

  @Test
  void signatureOfARangeRequestMatchesAmazonsExample() {
    Map<String, String> headers = headers("");
    headers.put("range", "bytes=0-9");
    assertThat(signed("GET", "/test.txt", "", headers))
        .isEqualTo(
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
                + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  }

  @Test
  void signatureForAnEncodedNameMatchesAmazonsExample() {
    Map<String, String> headers = headers("Welcome to Amazon S3.");
    headers.put("date", "Fri, 24 May 2013 00:00:00 GMT");
    headers.put("x-amz-storage-class", "REDUCED_REDUNDANCY");
    String path = "/" + AwsSignature.encoded("test$file.text", true);
    assertThat(path).isEqualTo("/test%24file.text");
    assertThat(signed("PUT", path, "", headers))
        .endsWith("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
  }

  @Test
  void signaturesOfQueriesMatchAmazonsExamples() {
    assertThat(signed("GET", "/", "lifecycle=", headers("")))
        .endsWith("Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    assertThat(signed("GET", "/", "max-keys=2&prefix=J", headers("")))
        .endsWith("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
  }

  @Test
  void everythingButUnreservedCharactersIsEscaped() {
    assertThat(AwsSignature.encoded("a/b c+\u00e9~-_.%", true))
        .isEqualTo("a/b%20c%2B%C3%A9~-_.%25");
    assertThat(AwsSignature.encoded("a/b", false)).isEqualTo("a%2Fb");
  }
}
