/* Attacks by certificates: of every odd shape, shown to a client that trusts an authority, or nothing but a pin. */
#include "against_client.h"

/* By an authority, with the address and with the name in the URL. */
#define BY_ADDRESS "get TLSURL/file --ca ca.pem" ASKED
#define BY_NAME "get NAMEDURL/file --ca ca.pem" ASKED
#define BY_CA BY_ADDRESS BY_NAME
#define BY_PIN "get TLSURL/file --pin PIN" ASKED
#define BY_ANY BY_CA BY_PIN

#define SHAPE(...) .shape = &(const struct shape){__VA_ARGS__}
#define REFUSED(name, commands, says, ...) {"P2", name, commands, 6, says, SHAPE(__VA_ARGS__)}
#define BROKEN(threat, name, commands, says, ...) {threat, name, commands, 11, says, SHAPE(__VA_ARGS__)}
#define TAKEN(name, commands, ...) {"P2", name, commands, 0, NULL, SHAPE(__VA_ARGS__), .fetched = "file"}

/* An extension that is there twice. */
#define TWICE(line) line "\n" line
#define CA "basicConstraints=critical,CA:TRUE"
#define NO_CA "basicConstraints=critical,CA:FALSE"

static const struct attack attacks[] = {
	TAKEN("a_sound_certificate", BY_ANY, .version = 3),

	/* Keys. */
	BROKEN("P2", "a_key_of_512_bits", BY_ANY, "wrong signature type", .key = SHAPE_RSA_512),
	REFUSED("a_key_of_1024_bits", BY_ANY, "strong enough", .key = SHAPE_RSA_1024),
	TAKEN("a_key_of_16384_bits", BY_ANY, .key = SHAPE_RSA_16384),
	TAKEN("a_key_of_rsa", BY_ANY, .key = SHAPE_RSA_2048),
	TAKEN("a_key_of_p_384", BY_ANY, .key = SHAPE_P384),
	TAKEN("a_key_of_ed25519", BY_ANY, .key = SHAPE_ED25519),
	TAKEN("a_key_of_ed448", BY_ANY, .key = SHAPE_ED448),
	BROKEN("P2", "a_key_on_a_curve_that_tls_does_not_know", BY_ANY, "wrong", .key = SHAPE_SECP256K1),
	BROKEN("P2", "a_key_on_a_curve_of_brainpool", BY_ANY, "wrong", .key = SHAPE_BRAINPOOL),
	REFUSED("a_key_on_a_curve_that_is_spelled_out", BY_CA, "explicit", .key = SHAPE_EXPLICIT),
	REFUSED("a_key_that_does_not_sign_the_handshake", BY_ANY, "does not have the key", .unproven = true),
	REFUSED("an_authority_of_512_bits", BY_CA, "too weak", .authority_key = SHAPE_RSA_512),
	REFUSED("an_authority_of_1024_bits", BY_CA, "too weak", .authority_key = SHAPE_RSA_1024),

	/* Times. */
	REFUSED("a_certificate_that_has_expired", BY_CA, "expired", .ends = "20210101000000Z"),
	REFUSED("a_certificate_that_is_not_valid_yet", BY_CA, "not yet valid", .begins = "20390101000000Z"),
	REFUSED("a_certificate_of_the_thirteenth_month", BY_CA, "notAfter", .ends = "20401301000000Z"),
	REFUSED("a_certificate_whose_time_is_no_time", BY_CA, "notBefore", .begins = "yesterday"),
	REFUSED("a_certificate_of_the_last_century", BY_CA, "expired", .begins = "500101000000Z", .ends = "990101000000Z"),
	TAKEN("a_certificate_until_the_end_of_time", BY_CA, .ends = "99991231235959Z"),
	TAKEN("an_expired_certificate_where_a_pin_is_known", BY_PIN, .ends = "20210101000000Z"),

	/* Names. */
	REFUSED("a_name_that_is_not_the_servers", BY_CA, "mismatch", .names = "DNS:example.org,IP:127.0.0.2"),
	REFUSED("a_name_with_an_embedded_nul", BY_CA, "mismatch", .names = "DER:301682146c6f63616c686f7374002e6578616d706c652e78"),
	REFUSED("a_wildcard_for_everything", BY_CA, "mismatch", .names = "DNS:*,DNS:*.*"),
	REFUSED("a_wildcard_within_a_name", BY_CA, "mismatch", .names = "DNS:local*,DNS:*host,DNS:127.0.0.*"),
	REFUSED("an_address_where_a_name_is_wanted", BY_NAME, "mismatch", .names = "IP:127.0.0.1"),
	REFUSED("a_name_where_an_address_is_wanted", BY_ADDRESS, "mismatch", .names = "DNS:localhost,DNS:127.0.0.1"),
	REFUSED("a_name_in_the_subject_alone", BY_CA, "mismatch", .names = "", .subject = "localhost"),
	REFUSED("no_name_at_all", BY_CA, "mismatch", .names = "", .subject = ""),
	REFUSED("an_address_of_five_bytes", BY_ADDRESS, "mismatch", .names = "DER:300787057f00000100"),
	REFUSED("names_that_are_no_list", BY_CA, "issuer", .names = "", .extensions = "subjectAltName=DER:0500"),
	TAKEN("a_certificate_without_subject", BY_ANY, .subject = ""),
	TAKEN("a_thousand_names", BY_ANY, .spare_names = 1000),
	TAKEN("a_name_in_capital_letters", BY_NAME, .names = "DNS:LOCALHOST"),

	/* What it is for. */
	REFUSED("a_certificate_for_clients", BY_CA, "purpose", .extensions = "extendedKeyUsage=clientAuth"),
	REFUSED("a_certificate_for_mail", BY_CA, "purpose", .extensions = "extendedKeyUsage=emailProtection"),
	REFUSED("a_certificate_that_may_sign_other_certificates_alone", BY_CA, "purpose", .extensions = "keyUsage=critical,keyCertSign"),
	REFUSED("an_extension_that_is_critical_and_unknown", BY_CA, "critical", .extensions = "1.3.6.1.4.1.99999.2=critical,DER:0500"),
	REFUSED("an_extension_that_is_there_twice", BY_CA, "issuer", .extensions = TWICE("keyUsage=critical,digitalSignature")),
	REFUSED("an_extension_that_is_no_der", BY_CA, "issuer", .extensions = "basicConstraints=critical,DER:30ff"),
	TAKEN("an_extension_that_nobody_knows", BY_ANY, .extensions = "1.3.6.1.4.1.99999.2=DER:0500"),
	REFUSED("a_certificate_of_version_1_below_one_of_version_3", BY_CA, "mismatch", .version = 1),
	TAKEN("a_certificate_of_version_1_where_a_pin_is_known", BY_PIN, .version = 1),

	/* Who signed it, and how. */
	REFUSED("a_certificate_that_signed_itself", BY_CA, "self", .signer = SIGNED_BY_ITSELF),
	TAKEN("a_certificate_that_signed_itself_and_is_trusted_for_that", BY_CA, .signer = SIGNED_BY_ITSELF, .trusts_leaf = true),
	REFUSED("an_authority_that_bears_anothers_name", BY_CA, "signature", .signer = SIGNED_BY_STRANGER),
	REFUSED("a_signature_with_one_wrong_bit", BY_CA, "signature", .bend = BEND_SIGNATURE),
	REFUSED("a_signature_by_md5", BY_CA, "too weak", .authority_key = SHAPE_RSA_2048, .digest = "MD5"),
	REFUSED("a_signature_by_sha_1", BY_CA, "too weak", .digest = "SHA1"),
	REFUSED("an_authority_that_is_none", BY_CA, "invalid CA", .authority = NO_CA),
	TAKEN("a_serial_of_zero", BY_CA, .serial = "0"),
	TAKEN("a_negative_serial", BY_CA, .serial = "-7F"),
	TAKEN("a_serial_of_sixty_bytes", BY_CA,
		.serial = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),

	/* Chains. */
	TAKEN("a_chain_of_three", BY_CA, .between = 2),
	TAKEN("a_chain_in_the_wrong_order", BY_CA, .between = 5, .chain = CHAIN_REVERSED),
	TAKEN("a_chain_in_which_the_leaf_stands_a_hundred_times", BY_CA, .between = 2, .chain = CHAIN_CROWDED),
	REFUSED("a_chain_with_a_gap", BY_CA, "issuer", .between = 2, .chain = CHAIN_WITHHELD),
	REFUSED("a_chain_that_is_a_circle", BY_CA, "issuer", .between = 3, .chain = CHAIN_CIRCULAR),
	REFUSED("a_chain_through_one_that_is_no_authority", BY_CA, "invalid CA", .between = 1, .middle = NO_CA),
	REFUSED("a_chain_that_is_longer_than_its_authority_allows", BY_CA, "path length", .between = 3, .middle = CA ",pathlen:0"),
	REFUSED("an_authority_that_may_not_sign", BY_CA, "invalid CA", .between = 1, .middle = CA "\nkeyUsage=critical,digitalSignature"),
	REFUSED("an_authority_for_other_names", BY_NAME, "permitted", .between = 1,
		.middle = CA "\nnameConstraints=critical,permitted;DNS:example.org"),
	REFUSED("an_authority_for_other_addresses", BY_ADDRESS, "excluded", .between = 1,
		.middle = CA "\nnameConstraints=critical,excluded;IP:127.0.0.0/255.0.0.0"),
	REFUSED("a_chain_of_a_hundred_and_fifty", BY_CA, "too long", .between = 150),
	BROKEN("C5", "a_chain_of_four_hundred", BY_ANY, "excessive", .between = 400),
	BROKEN("C5", "a_certificate_of_four_mebibytes", BY_ANY, "excessive", .padding = 4u << 20),
	BROKEN("C5", "two_hundred_thousand_names", BY_ANY, "excessive", .spare_names = 200000),

	/* What is no certificate. */
	BROKEN("S13", "a_byte_behind_the_certificate", BY_ANY, "TLS with", .bend = BEND_TRAILING),
	BROKEN("S13", "a_certificate_that_is_cut_off", BY_ANY, "TLS with", .bend = BEND_CUT),
	BROKEN("S13", "a_certificate_that_claims_to_be_huge", BY_ANY, "TLS with", .bend = BEND_LENGTH),
	BROKEN("S13", "noise_instead_of_a_certificate", BY_ANY, "TLS with", .bend = BEND_NOISE),
};

const struct attack_table certificate_attacks = ATTACK_TABLE(attacks);
