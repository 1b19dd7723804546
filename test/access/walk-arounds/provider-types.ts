const words = (provider: string, names: string): readonly string[] =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => `${provider}_${name}`);

/**
 * Resource types of the providers, written down from their schemas (`terraform providers schema -json`): vault 5.10.1,
 * kubernetes 2.38.0, random 3.7.2. Helm has one, with a record.
 */
export const RESOURCES: { readonly [provider: string]: readonly string[] } = {
  vault: words(
    "vault",
    `
  activation_flags ad_secret_backend ad_secret_library ad_secret_role agent_registration alicloud_auth_backend_role
  alicloud_secret_backend alicloud_secret_backend_role approle_auth_backend_login approle_auth_backend_role
  approle_auth_backend_role_secret_id audit audit_request_header auth_backend aws_auth_backend_cert
  aws_auth_backend_client aws_auth_backend_config_identity aws_auth_backend_identity_whitelist aws_auth_backend_login
  aws_auth_backend_role aws_auth_backend_role_tag aws_auth_backend_roletag_blacklist aws_auth_backend_sts_role
  aws_secret_backend aws_secret_backend_role aws_secret_backend_static_role azure_auth_backend_config
  azure_auth_backend_role azure_secret_backend azure_secret_backend_role azure_secret_backend_static_role
  cert_auth_backend_role cf_auth_backend_config cf_auth_backend_role config_control_group
  config_group_policy_application config_ui_custom_message config_ui_default_auth config_ui_header
  consul_secret_backend consul_secret_backend_role database_secret_backend_connection database_secret_backend_role
  database_secret_backend_static_role database_secrets_mount egp_policy gcp_auth_backend gcp_auth_backend_role
  gcp_secret_backend gcp_secret_impersonated_account gcp_secret_roleset gcp_secret_static_account generic_endpoint
  generic_secret github_auth_backend github_team github_user identity_entity identity_entity_alias
  identity_entity_policies identity_group identity_group_alias identity_group_member_entity_ids
  identity_group_member_group_ids identity_group_policies identity_mfa_duo identity_mfa_login_enforcement
  identity_mfa_okta identity_mfa_pingid identity_mfa_totp identity_oidc identity_oidc_assignment identity_oidc_client
  identity_oidc_key identity_oidc_key_allowed_client_id identity_oidc_provider identity_oidc_role identity_oidc_scope
  jwt_auth_backend jwt_auth_backend_role keymgmt_aws_kms keymgmt_azure_kms keymgmt_distribute_key keymgmt_gcp_kms
  keymgmt_key keymgmt_key_rotate keymgmt_replicate_key kmip_secret_backend kmip_secret_ca_generated
  kmip_secret_ca_imported kmip_secret_listener kmip_secret_role kmip_secret_scope kubernetes_auth_backend_config
  kubernetes_auth_backend_role kubernetes_secret_backend kubernetes_secret_backend_role kv_secret kv_secret_backend_v2
  kv_secret_v2 ldap_auth_backend ldap_auth_backend_group ldap_auth_backend_user ldap_secret_backend
  ldap_secret_backend_dynamic_role ldap_secret_backend_library_set ldap_secret_backend_static_role managed_keys
  mfa_duo mfa_okta mfa_pingid mfa_totp mongodbatlas_secret_backend mongodbatlas_secret_role mount namespace
  nomad_secret_backend nomad_secret_role oauth_resource_server_config_profile oci_auth_backend oci_auth_backend_role
  okta_auth_backend okta_auth_backend_group okta_auth_backend_user os_secret_backend os_secret_backend_account
  os_secret_backend_host password_policy pki_external_ca_secret_backend_acme_account
  pki_external_ca_secret_backend_order pki_external_ca_secret_backend_order_certificate
  pki_external_ca_secret_backend_order_challenge_fulfilled pki_external_ca_secret_backend_role
  pki_secret_backend_acme_eab pki_secret_backend_cert pki_secret_backend_config_acme
  pki_secret_backend_config_auto_tidy pki_secret_backend_config_ca pki_secret_backend_config_cluster
  pki_secret_backend_config_cmpv2 pki_secret_backend_config_est pki_secret_backend_config_issuers
  pki_secret_backend_config_scep pki_secret_backend_config_urls pki_secret_backend_crl_config
  pki_secret_backend_intermediate_cert_request pki_secret_backend_intermediate_set_signed pki_secret_backend_issuer
  pki_secret_backend_key pki_secret_backend_role pki_secret_backend_root_cert
  pki_secret_backend_root_sign_intermediate pki_secret_backend_sign plugin plugin_pinned_version plugin_runtime policy
  quota_config quota_lease_count quota_rate_limit rabbitmq_secret_backend rabbitmq_secret_backend_role
  radius_auth_backend radius_auth_backend_user raft_autopilot raft_snapshot_agent_config rgp_policy rotation_policy
  saml_auth_backend saml_auth_backend_role scep_auth_backend_role secrets_sync_association
  secrets_sync_aws_destination secrets_sync_azure_destination secrets_sync_config secrets_sync_gcp_destination
  secrets_sync_gh_destination secrets_sync_github_apps secrets_sync_vercel_destination spiffe_auth_backend_config
  spiffe_auth_backend_role spiffe_secret_backend_config spiffe_secret_backend_role ssh_secret_backend_ca
  ssh_secret_backend_role sys_config_cors terraform_cloud_secret_backend terraform_cloud_secret_creds
  terraform_cloud_secret_role token token_auth_backend_role transform_alphabet transform_role transform_template
  transform_transformation transit_secret_backend_key transit_secret_cache_config userpass_auth_backend_user
  `,
  ),
  kubernetes: words(
    "kubernetes",
    `
  annotations api_service api_service_v1 certificate_signing_request certificate_signing_request_v1 cluster_role
  cluster_role_binding cluster_role_binding_v1 cluster_role_v1 config_map config_map_v1 config_map_v1_data cron_job
  cron_job_v1 csi_driver csi_driver_v1 daemon_set_v1 daemonset default_service_account default_service_account_v1
  deployment deployment_v1 endpoint_slice_v1 endpoints endpoints_v1 env horizontal_pod_autoscaler
  horizontal_pod_autoscaler_v1 horizontal_pod_autoscaler_v2 horizontal_pod_autoscaler_v2beta2 ingress ingress_class
  ingress_class_v1 ingress_v1 job job_v1 labels limit_range limit_range_v1 manifest mutating_webhook_configuration
  mutating_webhook_configuration_v1 namespace namespace_v1 network_policy network_policy_v1 node_taint
  persistent_volume persistent_volume_claim persistent_volume_claim_v1 persistent_volume_v1 pod pod_disruption_budget
  pod_disruption_budget_v1 pod_security_policy pod_security_policy_v1beta1 pod_v1 priority_class priority_class_v1
  replication_controller replication_controller_v1 resource_quota resource_quota_v1 role role_binding role_binding_v1
  role_v1 runtime_class_v1 secret secret_v1 secret_v1_data service service_account service_account_v1 service_v1
  stateful_set stateful_set_v1 storage_class storage_class_v1 token_request_v1 validating_webhook_configuration
  validating_webhook_configuration_v1
  `,
  ),
  random: words(
    "random",
    `
  bytes id integer password pet shuffle string uuid
  `,
  ),
  // Of providers that no stack of ours has.
  others: [
    "terraform_data",
    "null_resource",
    "local_file",
    "local_sensitive_file",
    "external_program",
    "restapi_object",
    "http_request",
    "tls_private_key",
    "aws_secretsmanager_secret_version",
    "aws_iam_role_policy_attachment",
    "google_secret_manager_secret_version",
    "azurerm_key_vault_secret",
    "github_actions_secret",
    "kubectl_manifest",
  ],
};

/** Data sources and ephemeral resources that read what somebody may not. */
export const READERS: { readonly [block: string]: readonly string[] } = {
  data: [
    ...words(
      "vault",
      `
  activation_flags ad_access_credentials approle_auth_backend_role_id auth_backend auth_backends
  aws_access_credentials aws_static_access_credentials azure_access_credentials gcp_auth_backend_role generic_secret
  identity_entity identity_group identity_oidc_client_creds identity_oidc_openid_config identity_oidc_public_keys
  kubernetes_auth_backend_config kubernetes_auth_backend_role kubernetes_service_account_token kv_secret
  kv_secret_subkeys_v2 kv_secret_v2 kv_secrets_list kv_secrets_list_v2 ldap_dynamic_credentials
  ldap_static_credentials namespace namespaces nomad_access_token pki_external_ca_secret_backend_order_challenge
  pki_secret_backend_cert_metadata pki_secret_backend_config_cmpv2 pki_secret_backend_config_est
  pki_secret_backend_config_scep pki_secret_backend_issuer pki_secret_backend_issuers pki_secret_backend_key
  pki_secret_backend_keys plugin_runtimes policy_document raft_autopilot_state ssh_secret_backend_sign sys_config_cors
  transform_decode transform_encode transit_cmac transit_decrypt transit_encrypt transit_sign transit_verify
    `,
    ),
    ...words(
      "kubernetes",
      `
  all_namespaces config_map config_map_v1 endpoints_v1 ingress ingress_v1 mutating_webhook_configuration_v1 namespace
  namespace_v1 nodes persistent_volume_claim persistent_volume_claim_v1 persistent_volume_v1 pod pod_v1 resource
  resources secret secret_v1 server_version service service_account service_account_v1 service_v1 storage_class
  storage_class_v1
    `,
    ),
    "external",
    "http",
    "terraform_remote_state",
    "local_file",
    "helm_template",
  ],
  ephemeral: [
    ...words(
      "vault",
      `
  alicloud_access_credentials approle_auth_backend_role_secret_id aws_access_credentials aws_static_access_credentials
  azure_access_credentials azure_static_credentials cf_auth_login database_secret gcp_oauth2_access_token
  gcp_service_account_key generic_endpoint generic_secret kubernetes_service_account_token kv_secret_v2
  radius_auth_login spiffe_secret_backend_mintjwt terraform_token token userpass_auth_login
    `,
    ),
    ...words(
      "kubernetes",
      `
  certificate_signing_request_v1 token_request_v1
    `,
    ),
  ],
};
